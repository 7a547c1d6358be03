import NIOEmbedded
import Testing
import Wire

@testable import PandaNet

@Suite("Datagrams that limits cost connections which live on")
struct DatagramLossesTests {
    private func send(_ count: Int, on shard: Shard, to connection: Connection) {
        let bytes = (0..<count).flatMap { frame([UInt8($0)]) }
        bytes.withUnsafeBytes {
            shard.send(DatagramRun(bytes: $0, datagramCount: count, header: .two), to: connection)
        }
    }

    @Test("what there is no room for is lost to the limit that it would have passed, datagram by datagram")
    func drop() {
        let limits = Limits(pendingDatagrams: 10, slowConsumer: .drop)
        let shard = Shard.embedded(limits: limits).shard
        let connection = shard.connection(1)
        shard.opened(connection)
        self.send(10, on: shard, to: connection)
        #expect(shard.losses == DatagramLosses())
        self.send(7, on: shard, to: connection)
        #expect(connection.isOpen)
        #expect(shard.losses.limits == [.pendingDatagrams: 7])
        #expect(shard.counts().traffic.datagramsUnsent == 7)
    }

    @Test("a limit that ends its connection costs no datagrams besides")
    func disconnect() {
        let shard = Shard.embedded(limits: Limits(pendingDatagrams: 10)).shard
        let connection = shard.connection(1)
        shard.opened(connection)
        self.send(11, on: shard, to: connection)
        #expect(connection.exceededLimit == .pendingDatagrams)
        #expect(shard.losses == DatagramLosses())
    }

    @Test("those of all event loops, and of UDP sockets, are added up")
    func sum() {
        var left = DatagramLosses()
        (left.limits, left.udp.runts) = ([.pendingBytes: 1, .datagramsPerSecond: 2], 3)
        var right = DatagramLosses()
        (right.limits, right.udp.runts, right.udp.withheld) = ([.pendingBytes: 10], 30, 40)
        left += right
        #expect(left.limits == [.pendingBytes: 11, .datagramsPerSecond: 2])
        #expect((left.udp.runts, left.udp.withheld) == (33, 40))
    }
}
