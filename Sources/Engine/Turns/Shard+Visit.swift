extension Shard {
    /// Connections that are visited in one turn of the event loop: datagrams go on in between.
    static let visitsPerTurn = 256

    /// What `body` returns for each connection that is there now and still is when its turn comes. On the event loop.
    func compactMap<Result: Sendable>(_ body: @escaping (Connection) -> Result?) -> Answer<[Result]> {
        self.reduce(into: []) { results, connection in
            guard connection.tableIndex >= 0, let result = body(connection) else { return }
            results.append(result)
        }
    }

    /// Calls `body` once with each connection that is there now, also with one that has ended when its turn comes. One that
    /// opens in the meantime is left out. On the event loop.
    func reduce<Result: Sendable>(
        into result: Result,
        _ body: @escaping (inout Result, Connection) -> Void
    ) -> Answer<Result> {
        let answer = Answer<Result>()
        ShardWalk(self.table.connections[...], result, body).step(of: self) { answer.succeed($0) }
        return answer
    }
}

/// A walk over the connections of one shard, a part of them in each turn of its event loop. On the event loop.
private final class ShardWalk<Result: Sendable> {
    private var left: ContiguousArray<Connection>.SubSequence
    private var result: Result
    private let body: (inout Result, Connection) -> Void

    init(
        _ connections: ContiguousArray<Connection>.SubSequence,
        _ result: Result,
        _ body: @escaping (inout Result, Connection) -> Void
    ) {
        self.left = connections
        self.result = result
        self.body = body
    }

    func step(of shard: Shard, _ finish: @escaping @Sendable (Result) -> Void) {
        for connection in self.left.prefix(Shard.visitsPerTurn) { self.body(&self.result, connection) }
        self.left = self.left.dropFirst(Shard.visitsPerTurn)
        guard !self.left.isEmpty else { return finish(self.result) }
        // It stays on this event loop.
        nonisolated(unsafe) let walk = self
        let isPosted = shard.loop.post { walk.step(of: shard, finish) }
        // The loop ends: who waits gets what was seen.
        if !isPosted { finish(self.result) }
    }
}
