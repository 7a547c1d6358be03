import NIOEmbedded
import Testing

@testable import PandaNet

@Suite("Visits of a shard's connections")
struct ShardVisitTests {
    private let shard: Shard
    private let loop: EmbeddedEventLoop
    private let connections: [Connection]

    init() {
        (self.shard, self.loop) = Shard.embedded()
        self.shard.use(.two)
        self.connections = (1...600).map { [shard] in shard.connection($0) }
        for connection in self.connections { self.shard.opened(connection) }
    }

    @Test("so many are visited in a turn, and the others in the next ones")
    func slices() throws {
        var visited = 0
        let ids = self.shard.compactMap { connection in
            visited += 1
            return connection.id
        }
        #expect(visited == Shard.visitsPerTurn)
        var visitedBetween = 0
        // After the task that the first part has left.
        self.loop.execute { visitedBetween = visited }
        self.loop.run()
        #expect(visitedBetween == 2 * Shard.visitsPerTurn)
        #expect(try ids.wait() == self.connections.map(\.id))
    }

    @Test("one that ends before its turn is left out, the others are visited once")
    func ended() throws {
        let ids = self.shard.compactMap(\.id)
        for connection in [self.connections[0], self.connections[400]] { self.shard.ended(connection, .peerClosed) }
        self.loop.run()
        let expected = self.connections.enumerated().filter { $0.offset != 400 }.map(\.element.id)
        #expect(try ids.wait() == expected)
    }

    @Test("without a connection there is nothing to wait for")
    func none() throws {
        for connection in self.connections { self.shard.ended(connection, .peerClosed) }
        #expect(try self.shard.compactMap(\.id).wait() == [])
    }
}
