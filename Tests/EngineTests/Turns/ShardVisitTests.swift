import EngineSupport
import Testing

@testable import Engine

@Suite("Visits of a shard's connections")
struct ShardVisitTests {
    private let test: TestShard
    private let connections: [Connection]

    init() throws {
        self.test = try TestShard()
        self.connections = self.test.connections(600)
    }

    private var shard: Shard { self.test.shard }

    @Test("a turn visits a limited number of connections, and the next turns visit the rest")
    func slices() throws {
        var visited = 0
        let ids = self.shard.compactMap { connection in
            visited += 1
            return connection.id
        }
        #expect(visited == Shard.visitsPerTurn)
        self.test.loop.runTurn()
        #expect(visited == 2 * Shard.visitsPerTurn)
        self.test.loop.runTurn()
        #expect(visited == 600)
        #expect(try ids.wait() == self.connections.map(\.id))
    }

    @Test("a connection that ends before its visit is left out, and all others are visited once")
    func ended() throws {
        let ids = self.shard.compactMap(\.id)
        for connection in [self.connections[0], self.connections[400]] { self.test.end(connection, .peerClosed) }
        self.test.loop.runTurns()
        let expected = self.connections.enumerated().filter { $0.offset != 400 }.map(\.element.id)
        #expect(try ids.wait() == expected)
    }

    @Test("visiting an empty shard is answered at once")
    func none() throws {
        for connection in self.connections { self.test.end(connection, .peerClosed) }
        #expect(try self.shard.compactMap(\.id).wait() == [])
    }

    @Test("connections that open and end between the steps of a count do not change it")
    func countedOnce() throws {
        for connection in self.connections { connection.traffic.bytesIn = 1 }
        self.test.end(self.connections[300], .peerClosed)
        let counted = self.shard.countInSteps()
        // The first step has counted the connection at index 1, but not the one at index 500.
        for index in [1, 500] { self.connections[index].traffic.bytesIn += 1000 }
        for index in [0, 400, 599] { self.test.end(self.connections[index], .peerClosed) }
        for id in 601...900 {
            let connection = self.test.connection(UInt64(id))
            connection.traffic.bytesIn = 1
            self.shard.opened(connection, joinsBroadcasts: true)
        }
        self.test.loop.runTurns()
        let counts = try counted.wait()
        #expect(counts.traffic.bytesIn == 1600)
        #expect(counts.open == 599 && counts.opened == 600 && counts.ended == [.peerClosed: 1])
        let countedLater = self.shard.countInSteps()
        self.test.loop.runTurns()
        let later = try countedLater.wait()
        #expect(later.traffic.bytesIn == 2900)
        #expect(later.open == 896 && later.opened == 900 && later.ended == [.peerClosed: 4])
    }

    @Test("pending bytes of an ended connection are not counted")
    func pendingBytes() throws {
        frame([1, 2, 3]).withUnsafeBytes {
            let unsent = UnsentFrames(of: $0, datagramCount: 1, sentBytes: 0, framing: .two)
            for index in [1, 500] { self.connections[index].pending.append(unsent, framing: .two) }
        }
        let counted = self.shard.countInSteps()
        self.test.end(self.connections[500], .peerClosed)
        self.test.loop.runTurns()
        #expect(try counted.wait().pendingBytes == 5)
    }
}
