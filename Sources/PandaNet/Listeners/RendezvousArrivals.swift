import Engine

/// Passes the clients of one rendezvous socket to the socket's listener. Any thread.
///
/// Without a listener the socket accepts no clients. A client that was accepted while a listener gave up the socket
/// waits here for the next listener.
final class RendezvousArrivals: Sendable {
    private struct State {
        /// nil after the socket was closed.
        var bound: BoundRendezvous?
        var queue: ResultQueue<ConnectionArrival>?
        var waiting: [Connection] = []
    }

    private let state = Locked(State())

    /// Takes the open socket, which accepts no clients until a listener has it.
    func opened(_ bound: BoundRendezvous) {
        self.state.withLock { $0.bound = bound }
    }

    /// Gives the socket to a listener, with the clients that wait here.
    ///
    /// - Returns: false if a listener has the socket already, or the socket is closed.
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

    /// Takes the socket from a listener.
    ///
    /// - Returns: false if this listener does not have the socket.
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
    /// - Returns: an answer that is set when the port is free.
    @discardableResult
    func close() -> Answer<Void> {
        let (bound, waiting) = self.state.withLock { state in
            defer { state = State() }
            return (state.bound, state.waiting)
        }
        for connection in waiting { _ = connection.link?.closeHere(connection) }
        return bound?.close() ?? .done()
    }

    /// Passes an accepted client on. On the event loop of its connection.
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
