import Synchronization
import Wire

/// All connections of a manager, with one shard per event loop.
///
/// No datagram passes through the registry.
public final class ConnectionRegistry: Sendable {
    let shards: [Shard]
    let roster: Roster
    /// The framings for which every shard frames its broadcasts.
    private let framings = Locked<Set<Framing>>([])
    private let reopenedListeners = Atomic<Int>(0)

    init(shards: [Shard], limits: Limits) {
        self.shards = shards
        self.roster = Roster(eventLoopCount: shards.count, limits: limits)
        for shard in shards { shard.join(shards.filter { $0 !== shard }) }
    }

    /// The number of connections, including connections that are being opened. Any thread.
    public var count: Int { self.roster.admission.look { $0.count } }

    /// Whether all slots for connections are taken, and how many times the last slot was taken so far. Any thread.
    public var occupancy: (isFull: Bool, timesFull: Int) {
        self.roster.admission.look { ($0.isFull, $0.timesFull) }
    }

    /// Counts that the engine opened a TCP listener's socket again after the system had closed it.
    func listenerReopened() {
        self.reopenedListeners.wrappingAdd(1, ordering: .relaxed)
    }

    /// Drops the counts of a listener that was closed for good. Any thread. Further calls are no-ops.
    func listenerEnded(_ number: Int) {
        guard self.roster.remove(listener: number) else { return }
        for shard in self.shards { shard.loop.post { shard.forgetListener(number) } }
    }

    /// Makes every shard frame its broadcasts for these framings. Any thread.
    ///
    /// Call it before the first connection with these framings.
    ///
    /// - Returns: an answer that is set when all shards use the framings.
    func announce(_ framings: Set<Framing>) -> Answer<Void> {
        if self.framings.withLock({ framings.isSubset(of: $0) }) { return .done() }
        return self.collect { shard in for framing in framings { shard.use(framing) } }.map { _ in
            self.framings.withLock { $0.formUnion(framings) }
        }
    }

    /// Calls `body` for each connection on the connection's event loop. See `compactMap` for connections that open or
    /// close in the meantime.
    public func visit(_ body: @escaping @Sendable (Connection) -> Void) -> Answer<Void> {
        self.compactMap { body($0) as Void? }.map { _ in }
    }

    /// Calls `body` for each connection on the connection's event loop, and returns the results that are not nil.
    ///
    /// The results are in no particular order. With many connections this takes many turns. Connections that are closed
    /// in the meantime may be left out. Connections that are opened in the meantime are left out.
    public func compactMap<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) -> Result?
    ) -> Answer<[Result]> {
        let results = self.shards.map { shard in shard.loop.flatSubmit { shard.compactMap(body) } }
        return Answer.all(results).map { $0.flatMap { $0 } }
    }

    /// Calls `body` with the connection of that id on its event loop.
    ///
    /// - Returns: the result of `body`; nil if there is no such connection.
    public func withConnection<Result: Sendable>(
        _ id: ConnectionID,
        _ body: @escaping @Sendable (Connection) -> Result
    ) -> Answer<Result?> {
        self.collect { shard in shard.table[id].map(body) }.map { results in results.compactMap { $0 }.first }
    }

    /// Collects the counts of all connections. With many connections this takes many turns.
    public func counts() -> Answer<ConnectionCounts> {
        let counted = self.shards.map { shard in shard.loop.flatSubmit { shard.countInSteps() } }
        return Answer.all(counted).map { counts in
            var total = counts.reduce(into: ConnectionCounts(), +=)
            (total.refused, total.limitReached) = self.roster.admission.look { ($0.refused, $0.timesFull) }
            total.listenersReopened = self.reopenedListeners.load(ordering: .relaxed)
            return total
        }
    }

    /// Collects the losses so far. Any thread.
    public func losses() -> Answer<DatagramLosses> {
        self.collect { $0.losses }.map { $0.reduce(into: DatagramLosses(), +=) }
    }

    /// Calls `body` for each shard on the shard's event loop and collects the results.
    private func collect<Result: Sendable>(
        _ body: @escaping @Sendable (Shard) -> Result
    ) -> Answer<[Result]> {
        Answer.all(self.shards.map { shard in shard.loop.submit { body(shard) } })
    }
}
