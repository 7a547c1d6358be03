import Synchronization
import Wire

/// Every connection of a manager, one shard for each event loop.
///
/// Nothing here is on the way of a datagram.
public final class ConnectionRegistry: Sendable {
    let shards: [Shard]
    let roster: Roster
    /// Those that every shard frames its broadcasts for.
    private let framings = Locked<Set<Framing>>([])
    private let reopenedListeners = Atomic<Int>(0)

    init(shards: [Shard], limits: Limits) {
        self.shards = shards
        self.roster = Roster(eventLoopCount: shards.count, limits: limits)
        for shard in shards { shard.join(shards.filter { $0 !== shard }) }
    }

    /// Connections that are there now, those included that are just being opened. Any thread.
    public var count: Int { self.roster.admission.look { $0.count } }

    /// Whether there is no place for a further connection, and how often the last one was taken so far. Any thread.
    public var occupancy: (isFull: Bool, timesFull: Int) {
        self.roster.admission.look { ($0.isFull, $0.timesFull) }
    }

    /// A rendezvous socket over TCP that the system had closed is open again.
    func listenerReopened() {
        self.reopenedListeners.wrappingAdd(1, ordering: .relaxed)
    }

    /// A rendezvous socket has ended for good: nothing is counted for it any more. Any thread; once is enough.
    func listenerEnded(_ number: Int) {
        guard self.roster.remove(listener: number) else { return }
        for shard in self.shards { shard.loop.post { shard.forgetListener(number) } }
    }

    /// Before the first connection with these framings: every shard frames its broadcasts for them from now on. Any thread.
    ///
    /// - Returns: when all of them do.
    func announce(_ framings: Set<Framing>) -> Answer<Void> {
        if self.framings.withLock({ framings.isSubset(of: $0) }) { return .done() }
        return self.collect { shard in for framing in framings { shard.use(framing) } }.map { _ in
            self.framings.withLock { $0.formUnion(framings) }
        }
    }

    /// Calls `body` with each connection, on that connection's event loop; see `compactMap`.
    public func visit(_ body: @escaping @Sendable (Connection) -> Void) -> Answer<Void> {
        self.compactMap { body($0) as Void? }.map { _ in }
    }

    /// What `body` returns for each connection, called on that connection's event loop; nil leaves it out. In no order.
    ///
    /// It takes many turns where there are many: one that ends in the meantime may be left out, one that begins is.
    public func compactMap<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) -> Result?
    ) -> Answer<[Result]> {
        let results = self.shards.map { shard in shard.loop.flatSubmit { shard.compactMap(body) } }
        return Answer.all(results).map { $0.flatMap { $0 } }
    }

    /// Calls `body` with the connection of that id on its event loop.
    ///
    /// - Returns: what `body` returned; nil when there is no such connection.
    public func withConnection<Result: Sendable>(
        _ id: ConnectionID,
        _ body: @escaping @Sendable (Connection) -> Result
    ) -> Answer<Result?> {
        self.collect { shard in shard.table[id].map(body) }.map { results in results.compactMap { $0 }.first }
    }

    /// How many connections there are and were, and what they moved. It takes many turns where there are many.
    public func counts() -> Answer<ConnectionCounts> {
        let counted = self.shards.map { shard in shard.loop.flatSubmit { shard.countInSteps() } }
        return Answer.all(counted).map { counts in
            var total = counts.reduce(into: ConnectionCounts(), +=)
            (total.refused, total.limitReached) = self.roster.admission.look { ($0.refused, $0.timesFull) }
            total.listenersReopened = self.reopenedListeners.load(ordering: .relaxed)
            return total
        }
    }

    /// What was lost so far. Any thread.
    public func losses() -> Answer<DatagramLosses> {
        self.collect { $0.losses }.map { $0.reduce(into: DatagramLosses(), +=) }
    }

    /// What `body` returns for each shard, called on that shard's event loop.
    private func collect<Result: Sendable>(
        _ body: @escaping @Sendable (Shard) -> Result
    ) -> Answer<[Result]> {
        Answer.all(self.shards.map { shard in shard.loop.submit { body(shard) } })
    }
}
