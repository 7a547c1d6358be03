import Synchronization

/// State that all event loops of a manager share: the admission book and the numbers of connections and listeners.
///
/// It assigns slots, ids and listener numbers. Any thread. No datagram passes through it.
final class Roster: Sendable {
    /// The number of event loops. Each origin has one service per event loop.
    let eventLoopCount: Int
    /// Decides which clients are admitted.
    let admission: Admission
    /// The number of open TCP connections of each IP address.
    let streamHosts = HostCensus()
    /// The numbers of the listeners that are not closed.
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

    /// Forgets a listener that was closed for good.
    ///
    /// - Returns: false if it was already forgotten.
    func remove(listener number: Int) -> Bool {
        self.listenerNumbers.withLock { $0.remove(number) != nil }
    }

    /// Whether closed connections are still added to the counts of a listener. False once the listener was closed for
    /// good.
    func countsListener(_ number: Int) -> Bool {
        self.listenerNumbers.withLock { $0.contains(number) }
    }

    /// The number of listeners that are not closed.
    var listenerCount: Int { self.listenerNumbers.withLock { $0.count } }
}
