import Engine

/// Takes the clients of one rendezvous socket to the listener that it was given to. Any thread.
///
/// Without a listener it accepts no clients. Those that were accepted while a listener let it go wait here.
final class RendezvousArrivals: Sendable {
    private struct State {
        /// nil once the socket is closed.
        var bound: BoundRendezvous?
        var queue: ResultQueue<ConnectionArrival>?
        var waiting: [Connection] = []
    }

    private let state = Locked(State())

    /// The socket is open; it is held.
    func opened(_ bound: BoundRendezvous) {
        self.state.withLock { $0.bound = bound }
    }

    /// - Returns: false when a listener has it already, or it is closed.
    func attach(_ queue: ResultQueue<ConnectionArrival>) -> Bool {
        let waiting: [Connection]? = self.state.withLock { state in
            guard let bound = state.bound, state.queue == nil else { return nil }
            state.queue = queue
            bound.resume()
            defer { state.waiting = [] }
            return state.waiting
        }
        for connection in waiting ?? [] { self.arrived(connection) }
        return waiting != nil
    }

    /// - Returns: false when that listener does not have it.
    func detach(_ queue: ResultQueue<ConnectionArrival>) -> Bool {
        self.state.withLock { state in
            guard state.queue === queue else { return false }
            state.queue = nil
            state.bound?.pause()
            return true
        }
    }

    /// Closes the socket, and the clients that no listener has taken.
    ///
    /// - Returns: set once the port is free.
    @discardableResult
    func close() -> Answer<Void> {
        let (bound, waiting) = self.state.withLock { state in
            defer { state = State() }
            return (state.bound, state.waiting)
        }
        for connection in waiting { _ = connection.link?.closeHere(connection) }
        return bound?.close() ?? .done()
    }

    /// A client was accepted. On its event loop.
    func arrived(_ connection: Connection) {
        let isTaken = self.state.withLock { state in
            guard let bound = state.bound else { return false }
            guard let queue = state.queue else {
                state.waiting.append(connection)
                return true
            }
            let arrival = ConnectionArrival(rendezvous: bound, address: connection.peer, connection: connection)
            return queue.append(contentsOf: CollectionOfOne(arrival)) == 1
        }
        if !isTaken { _ = connection.link?.closeHere(connection) }
    }
}
