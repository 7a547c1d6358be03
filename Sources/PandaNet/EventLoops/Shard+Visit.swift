import NIOCore

extension Shard {
    /// Connections that are visited in one turn: datagrams go on in between.
    static let visitsPerTurn = 256

    /// What `body` returns for each connection that is there now and still is when its turn comes. On the event loop.
    func compactMap<Result: Sendable>(_ body: @escaping (Connection) -> Result?) -> EventLoopFuture<[Result]> {
        let promise = self.eventLoop.makePromise(of: [Result].self)
        self.visit(self.table.connections[...], [], promise, body)
        return promise.futureResult
    }

    private func visit<Result: Sendable>(
        _ connections: ContiguousArray<Connection>.SubSequence,
        _ pieces: [[Result]],
        _ promise: EventLoopPromise<[Result]>,
        _ body: @escaping (Connection) -> Result?
    ) {
        let visited = connections.prefix(Self.visitsPerTurn)
        let pieces = pieces + [visited.filter { $0.tableIndex >= 0 }.compactMap(body)]
        let left = connections.dropFirst(visited.count)
        guard !left.isEmpty else { return promise.succeed(pieces.flatMap { $0 }) }
        // It stays on this event loop.
        nonisolated(unsafe) let rest = (left, body)
        self.pipe.post { self.visit(rest.0, pieces, promise, rest.1) }
    }
}
