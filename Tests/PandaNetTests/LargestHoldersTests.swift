import NIOEmbedded
import Testing
import Wire

@testable import PandaNet

@Suite("Room for all")
struct LargestHoldersTests {
    /// For which a thousand bytes may wait together; nothing of it leaves.
    private func connections(
        _ count: Int,
        _ slowConsumer: Limits.SlowConsumer = .disconnect
    ) -> (shard: Shard, loop: EmbeddedEventLoop, connections: [Connection]) {
        var limits = Limits.off(datagramBytes: 65_535)
        limits.pendingBytesTotal = 1000
        limits.slowConsumer = slowConsumer
        let (shard, loop) = Shard.embedded(limits: limits)
        let connections = (1...count).map { shard.connection(UInt64($0)) }
        for connection in connections { shard.opened(connection) }
        return (shard, loop, connections)
    }

    private func send(_ byteCount: Int, to connection: Connection) {
        frame([UInt8](repeating: 1, count: byteCount - 2)).withUnsafeBytes {
            connection.send(DatagramRun(bytes: $0, datagramCount: 1, header: .two))
        }
    }

    @Test("who has most waiting makes room for who has less, one after the other, and only as far as it takes")
    func largestGoes() {
        let (shard, loop, connections) = self.connections(4)
        for (connection, byteCount) in zip(connections, [300, 400, 299, 1]) where byteCount > 1 {
            self.send(byteCount, to: connection)
        }
        #expect(shard.pendingTotal.byteCount == 999)
        self.send(3, to: connections[3])
        #expect(connections.map(\.isOpen) == [true, false, true, true])
        #expect(shard.pendingTotal.byteCount == 602)
        self.send(398, to: connections[2])
        self.send(250, to: connections[3])
        #expect(connections.map(\.isOpen) == [false, false, true, true])
        #expect(connections.map(\.exceededLimit) == [.pendingBytesTotal, .pendingBytesTotal, nil, nil])
        #expect(shard.counts().exceeded == [.pendingBytesTotal: 2])
        loop.run()
        #expect(shard.pendingTotal.byteCount == 950)
    }

    @Test("who would have as much as any other makes no room but goes")
    func noneLarger() {
        let (shard, _, connections) = self.connections(3)
        for connection in connections.prefix(2) { self.send(500, to: connection) }
        self.send(500, to: connections[2])
        #expect(connections.map(\.isOpen) == [true, true, false])
        #expect(shard.pendingTotal.byteCount == 1000)
    }

    @Test("what waited in one turn does not decide the next")
    func nextTurn() {
        let (_, loop, connections) = self.connections(3)
        self.send(600, to: connections[0])
        self.send(100, to: connections[1])
        self.send(400, to: connections[2])
        #expect(connections.map(\.isOpen) == [false, true, true])
        loop.run()
        self.send(450, to: connections[1])
        self.send(100, to: connections[2])
        #expect(connections.map(\.isOpen) == [false, false, true])
    }

    @Test("one that has ended by itself within the turn has nothing to give any more")
    func endedMeanwhile() {
        let (shard, _, connections) = self.connections(5)
        for (connection, byteCount) in zip(connections, [400, 299, 300]) { self.send(byteCount, to: connection) }
        self.send(3, to: connections[3])
        shard.ended(connections[2], .peerReset)
        #expect(shard.pendingTotal.byteCount == 302)
        self.send(290, to: connections[4])
        self.send(290, to: connections[3])
        #expect(shard.pendingTotal.byteCount == 882)
        self.send(290, to: connections[4])
        #expect(connections.map(\.isOpen) == [false, true, false, true, false])
        #expect(shard.pendingTotal.byteCount == connections.filter(\.isOpen).map(\.pendingBytes).reduce(0, +))
        #expect(shard.counts().exceeded == [.pendingBytesTotal: 2])
    }

    @Test("what NIO holds of one that goes is room too, so that one is enough")
    func chunksUnderWay() {
        let (shard, _, connections) = self.connections(4)
        for connection in connections.prefix(3) {
            self.send(300, to: connection)
            #expect(connection.pending.startChunk()?.readableBytes == 300)
        }
        self.send(101, to: connections[3])
        #expect(connections.filter(\.isOpen).count == 3)
        #expect(shard.pendingTotal.byteCount == 701)
    }

    @Test("where datagrams are dropped nobody goes, and who has little is no exception")
    func drop() {
        let (shard, _, connections) = self.connections(2, .drop)
        self.send(950, to: connections[0])
        self.send(51, to: connections[1])
        self.send(50, to: connections[1])
        #expect(connections.map(\.isOpen) == [true, true])
        #expect(shard.pendingTotal.byteCount == 1000)
        #expect(shard.counts().traffic.datagramsUnsent == 1)
    }
}
