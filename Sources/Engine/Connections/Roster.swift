import Synchronization

/// Who is there and who may come, over all event loops of a manager. It gives out places, ids, and the numbers of rendezvous
/// sockets. Any thread; nothing here is on the way of a datagram.
final class Roster: Sendable {
    /// Each has its own service of an origin.
    let eventLoopCount: Int
    /// Who may come in.
    let admission: Admission
    /// The other ends of the TCP connections.
    let streamHosts = HostCensus()
    /// Rendezvous sockets that have not ended.
    private let listenerNumbers = Locked<Set<Int>>([])
    private let lastID = Atomic<UInt64>(0)
    private let lastListenerNumber = Atomic<Int>(0)

    init(eventLoopCount: Int, limits: Limits) {
        self.eventLoopCount = eventLoopCount
        self.admission = Admission(limits: limits)
    }

    func nextID() -> ConnectionID {
        ConnectionID(rawValue: self.lastID.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    func nextListenerNumber() -> Int {
        let number = self.lastListenerNumber.wrappingAdd(1, ordering: .relaxed).newValue
        self.listenerNumbers.withLock { _ = $0.insert(number) }
        return number
    }

    /// A rendezvous socket has ended for good.
    ///
    /// - Returns: false where it had done so before.
    func remove(listener number: Int) -> Bool {
        self.listenerNumbers.withLock { $0.remove(number) != nil }
    }

    /// Whether connections that end still count for a rendezvous socket.
    func countsListener(_ number: Int) -> Bool {
        self.listenerNumbers.withLock { $0.contains(number) }
    }

    /// Rendezvous sockets that have not ended.
    var listenerCount: Int { self.listenerNumbers.withLock { $0.count } }
}
