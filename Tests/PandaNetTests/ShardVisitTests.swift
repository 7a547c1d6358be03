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

    @Test("each connection is counted once, in steps, however many end and open between two of them")
    func countedOnce() throws {
        for connection in self.connections { connection.traffic.bytesIn = 1 }
        self.shard.ended(self.connections[300], .peerClosed)
        let counted = self.shard.countInSteps()
        // Those of the first step have been visited, the others have not.
        for index in [1, 500] { self.connections[index].traffic.bytesIn += 1000 }
        for index in [0, 400, 599] { self.shard.ended(self.connections[index], .peerClosed) }
        for id in 601...900 {
            let connection = self.shard.connection(UInt64(id))
            connection.traffic.bytesIn = 1
            self.shard.opened(connection)
        }
        self.loop.run()
        let counts = try counted.wait()
        #expect(counts.traffic.bytesIn == 1600)
        #expect(counts.open == 599 && counts.opened == 600 && counts.ended == [.peerClosed: 1])
        let countedLater = self.shard.countInSteps()
        self.loop.run()
        let later = try countedLater.wait()
        #expect(later.traffic.bytesIn == 2900)
        #expect(later.open == 896 && later.opened == 900 && later.ended == [.peerClosed: 4])
    }

    @Test("bytes that waited for one that has ended wait no longer")
    func pendingBytes() throws {
        frame([1, 2, 3]).withUnsafeBytes {
            let unsent = UnsentFrames(of: $0, datagramCount: 1, sentBytes: 0, header: .two)
            for index in [1, 500] { self.connections[index].pending.append(unsent) }
        }
        let counted = self.shard.countInSteps()
        self.shard.ended(self.connections[500], .peerClosed)
        self.loop.run()
        #expect(try counted.wait().pendingBytes == 5)
    }
}
