import NIOConcurrencyHelpers
import NIOCore

/// Takes the clients of one rendezvous socket to the listener that it was given to. Any thread.
///
/// Without a listener no more are accepted; those that were wait here.
final class RendezvousArrivals: Sendable {
    private struct State {
        var bound: BoundRendezvous?
        var queue: ResultQueue<ConnectionArrival>?
        var waiting: [Connection] = []
    }

    let core: QueuedCore
    private let state = NIOLockedValueBox(State())

    init(core: QueuedCore) {
        self.core = core
    }

    /// The socket is open. Nobody is accepted until a listener wants it.
    func opened(_ bound: BoundRendezvous) {
        self.state.withLockedValue { $0.bound = bound }
        self.setAccepting(false)
    }

    /// - Returns: false when a listener has it already.
    func attach(_ queue: ResultQueue<ConnectionArrival>) -> Bool {
        let waiting: [Connection]? = self.state.withLockedValue { state in
            guard state.queue == nil else { return nil }
            state.queue = queue
            defer { state.waiting = [] }
            return state.waiting
        }
        guard let waiting else { return false }
        self.setAccepting(true)
        for connection in waiting { self.arrived(connection) }
        return true
    }

    /// - Returns: false when that listener does not have it.
    func detach(_ queue: ResultQueue<ConnectionArrival>) -> Bool {
        let wasThere = self.state.withLockedValue { state in
            guard state.queue === queue else { return false }
            state.queue = nil
            return true
        }
        if wasThere { self.setAccepting(false) }
        return wasThere
    }

    /// Closes the socket without waiting.
    func close() {
        _ = self.state.withLockedValue { $0.bound }?.close()
        self.closed()
    }

    /// The socket is closed: those that nobody has seen are too.
    func closed() {
        let waiting = self.state.withLockedValue { state in
            defer { state = State() }
            return state.waiting
        }
        for connection in waiting { _ = self.core.close(connection) }
    }

    private func stopAcceptingUnwatched() {
        if self.state.withLockedValue({ $0.bound != nil && $0.queue == nil }) { self.setAccepting(false) }
    }

    private func setAccepting(_ isOn: Bool) {
        self.state.withLockedValue { $0.bound }?.setAccepting(isOn)
    }

    private func arrived(_ connection: Connection) {
        let isTaken: Bool? = self.state.withLockedValue { state in
            guard let bound = state.bound, let queue = state.queue else {
                state.waiting.append(connection)
                return nil
            }
            let arrival = ConnectionArrival(rendezvous: bound, address: connection.peer, connection: connection)
            return queue.append(contentsOf: CollectionOfOne(arrival)) == 1
        }
        switch isTaken {
        case true?: break
        case false?: _ = self.core.close(connection)
        // The end of a back-off lets the socket accept again.
        case nil: self.stopAcceptingUnwatched()
        }
    }
}

extension RendezvousArrivals: ConnectionOwner {
    func makeLink() -> ConnectionLink { ConnectionLink(core: self.core) }

    func connectionOpened(_ connection: Connection) { self.arrived(connection) }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        self.core.connectionClosed(connection, reason: reason)
    }

    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {}

    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {}
}
