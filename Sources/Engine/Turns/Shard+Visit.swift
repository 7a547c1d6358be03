extension Shard {
    /// The maximum number of connections visited in one turn. Datagrams are handled between two such turns.
    static let visitsPerTurn = 256

    /// Calls `body` for each current connection and returns the results that are not nil. On the event loop.
    ///
    /// Connections that are closed before their visit are left out.
    func compactMap<Result: Sendable>(_ body: @escaping (Connection) -> Result?) -> Answer<[Result]> {
        self.reduce(into: []) { results, connection in
            guard connection.tableIndex >= 0, let result = body(connection) else { return }
            results.append(result)
        }
    }

    /// Calls `body` once for each current connection, even if it is closed before its visit. On the event loop.
    ///
    /// Connections that are opened in the meantime are left out.
    func reduce<Result: Sendable>(
        into result: Result,
        _ body: @escaping (inout Result, Connection) -> Void
    ) -> Answer<Result> {
        let answer = Answer<Result>()
        ShardWalk(self.table.connections[...], result, body).step(of: self) { answer.succeed($0) }
        return answer
    }
}

/// A walk over the connections of one shard, some of them in each turn of its event loop. On the event loop.
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
        // Safe: the walk never leaves this event loop.
        nonisolated(unsafe) let walk = self
        let isPosted = shard.loop.post { walk.step(of: shard, finish) }
        // The loop has ended, so the caller gets the result so far.
        if !isPosted { finish(self.result) }
    }
}
