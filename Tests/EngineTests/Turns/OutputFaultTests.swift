import Glibc
import Testing
import Wire

@testable import Engine

@Suite("Output and its memory")
struct OutputFaultTests {
    @Test("data posted to a UDP connection stays in memory until the flush")
    func outbox() throws {
        let loops = try TurnLoops(framings: [.udp])
        let player = try loops.connect(.udp)
        let payloads = (1...3).map { [UInt8](repeating: $0, count: 1400) }
        for payload in payloads { player.connection.post(framed([payload], .udp), datagramCount: 1) }
        loops.run()
        #expect(player.takeReceived().payloads(.udp) == payloads)
        #expect(loops.sockets[0].flushCount == 1)
    }

    @Test("UDP connections that skip datagrams are flushed together")
    func gaps() throws {
        let loops = try TurnLoops(framings: [.udp])
        let players = try (0..<20).map { _ in try loops.connect(.udp) }
        for (payload, player) in players.enumerated() {
            player.broadcast(UInt8(payload), includingSender: false)
            player.echo(100)
        }
        loops.run()
        for (own, player) in players.enumerated() {
            #expect(player.takeWrites() == [(0..<20).map { $0 == own ? 100 : UInt8($0) }])
        }
        #expect(loops.sockets[0].flushCount == 1)
    }

    @Test("a connection that cannot be polled for its pending output closes, with no further write", arguments: [0, 5])
    func cannotBePolled(coalesceMilliseconds: Int) throws {
        let loops = try TurnLoops(coalesce: .milliseconds(coalesceMilliseconds))
        let (player, other) = (try loops.connect(), try loops.connect())
        // While the gate is blocked the connection is not read, so it is not polled.
        loops.shard.readGate.block(at: loops.loop.now)
        player.bring(1)
        loops.run()
        // epoll refuses /dev/null.
        let null = open("/dev/null", O_RDWR)
        try #require(null >= 0 && dup2(null, player.descriptor) == player.descriptor)
        close(null)
        loops.system.room[player.descriptor] = 0
        player.echo(1)
        other.echo(2)
        loops.run()
        #expect(!player.connection.isOpen && loops.shard.table.count == 1)
        #expect(loops.system.sendCount == 2 && other.takeWrites() == [[2]])
        loops.shard.readGate.unblock(at: loops.loop.now)
    }
}
