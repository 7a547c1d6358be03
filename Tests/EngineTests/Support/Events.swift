@testable import Engine

/// An observer that records connection events and lets a test wait for them.
final class Events: ConnectionObserver {
    enum Event: Equatable, Sendable {
        case opened(ConnectionID)
        case closed(ConnectionID, CloseReason)
        case refused(RefusalReason)
        case acceptFailed(CInt, isFatal: Bool)
        case listenerLost
        case listenerReopened
    }

    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    let all = Locked<[Event]>([])

    init() {
        (self.stream, self.continuation) = AsyncStream.makeStream()
    }

    func connectionOpened(_ connection: Connection) { self.happened(.opened(connection.id)) }
    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        self.happened(.closed(connection.id, reason))
    }
    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {
        self.happened(.refused(reason))
    }

    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {
        self.happened(.acceptFailed(errorCode, isFatal: isFatal))
    }

    func listenerLost(rendezvous: Rendezvous) { self.happened(.listenerLost) }
    func listenerReopened(rendezvous: Rendezvous) { self.happened(.listenerReopened) }

    private func happened(_ event: Event) {
        self.all.withLock { $0.append(event) }
        self.continuation.yield(event)
    }

    /// Waits until `count` connections have opened. Only one caller may wait at a time.
    func opened(_ count: Int) async {
        await self.wait(count) { if case .opened = $0 { true } else { false } }
    }

    /// Waits until `count` connections have closed.
    ///
    /// - Returns: the reasons of all closes so far.
    func closed(_ count: Int = 1) async -> [CloseReason] {
        await self.wait(count) { if case .closed = $0 { true } else { false } }
        return self.all.withLock { $0.compactMap { if case .closed(_, let reason) = $0 { reason } else { nil } } }
    }

    /// Waits until `count` connections have closed or were refused because their client had gone.
    ///
    /// - Returns: the number of refused ones.
    func closedOrGone(_ count: Int) async -> Int {
        await self.wait(count) { if case .closed = $0 { true } else { $0 == .refused(.clientGone) } }
        return self.all.withLock { $0.count { $0 == .refused(.clientGone) } }
    }

    func reopened() async {
        await self.wait(1) { $0 == .listenerReopened }
    }

    func acceptFailed() async {
        await self.wait(1) { if case .acceptFailed = $0 { true } else { false } }
    }

    func refused(_ count: Int = 1) async {
        await self.wait(count) { if case .refused = $0 { true } else { false } }
    }

    private func wait(_ count: Int, for isWanted: @escaping (Event) -> Bool) async {
        let seen = { self.all.withLock { $0.filter(isWanted).count } }
        guard seen() < count else { return }
        for await _ in self.stream where seen() >= count { return }
    }
}
