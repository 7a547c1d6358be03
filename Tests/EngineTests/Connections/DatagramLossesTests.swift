import EngineSupport
import Glibc
import Testing

@testable import Engine

@Suite("Datagrams that limits drop while the connection stays open")
struct DatagramLossesTests {
    /// A shard whose kernel takes no bytes.
    private func shard(_ limits: Limits) throws -> TestShard {
        let calls = ScriptedCalls()
        calls.everySend = .fails(EAGAIN)
        return try TestShard(limits: limits, system: calls)
    }

    private func send(_ count: Int, to connection: Connection) {
        for number in 0..<count { connection.send([UInt8(number)]) }
        connection.shard.loop.runTurn()
    }

    @Test("each dropped datagram counts for the limit that it would have passed")
    func drop() throws {
        let test = try self.shard(Limits(pendingDatagrams: 10, slowConsumer: .drop))
        let connection = test.connections(1)[0]
        self.send(10, to: connection)
        #expect(test.shard.losses == DatagramLosses())
        self.send(7, to: connection)
        #expect(connection.isOpen)
        #expect(test.shard.losses.limits == [.pendingDatagrams: 7])
        #expect(try test.counts().traffic.datagramsUnsent == 7)
    }

    @Test("a limit that closes its connection counts no lost datagrams")
    func disconnect() throws {
        let test = try self.shard(Limits(pendingDatagrams: 10))
        let connection = test.connections(1)[0]
        self.send(11, to: connection)
        #expect(connection.exceededLimit == .pendingDatagrams)
        #expect(test.shard.losses == DatagramLosses())
    }

    @Test("the losses of all event loops and UDP sockets add up")
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
