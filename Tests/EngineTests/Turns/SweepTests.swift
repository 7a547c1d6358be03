import EngineSupport
import Glibc
import Testing

@testable import Engine

@Suite("Sweeping")
struct SweepTests {
    @Test("a sweep closes many late connections in parts, each once")
    func slices() throws {
        let test = try TestShard(limits: Limits(pendingAge: .seconds(1)))
        let connections = test.connections(250)
        for connection in connections {
            frame([1]).withUnsafeBytes {
                let unsent = UnsentFrames(of: $0, datagramCount: 1, sentBytes: 0, framing: .two)
                connection.pending.append(unsent, framing: .two)
            }
        }
        func closing() -> Int { connections.filter { !$0.isOpen }.count }
        test.loop.advance(by: .seconds(1))
        #expect(closing() == 0)
        test.loop.advance(by: Shard.sweepInterval)
        #expect(closing() == Shard.sweepClosesMax)
        test.loop.advance(by: Shard.sweepPause)
        #expect(closing() == 2 * Shard.sweepClosesMax)
        test.loop.advance(by: Shard.sweepPause)
        #expect(closing() == 250)
        #expect(try test.counts().exceeded == [.pendingAge: 250])
    }

    @Test("connections that fail in one turn close in parts, in order")
    func failures() throws {
        let test = try TestShard(limits: Limits(pendingAge: nil))
        let pairs = try (0..<250).map { _ in try SocketPair() }
        let connections = try pairs.map { try test.open($0) }
        for connection in connections { test.shard.close(connection, .slowConsumer) }
        #expect(connections.allSatisfy { !$0.isOpen })
        func closed() -> [Bool] { connections.map { $0.descriptor < 0 } }
        func first(_ count: Int) -> [Bool] { (0..<250).map { $0 < count } }
        #expect(closed() == first(0))
        test.loop.runTurn()
        #expect(closed() == first(EventLoop.closesPerTurn))
        test.shard.sendAll()
        #expect(closed() == first(EventLoop.closesPerTurn))
        test.loop.runTurn()
        #expect(closed() == first(2 * EventLoop.closesPerTurn))
        test.loop.runTurn()
        #expect(closed() == first(250))
        #expect(test.events.all.withLock { $0.suffix(250) } == connections.map { .closed($0.id, .slowConsumer) }[...])
    }

    @Test("a slow consumer is reset, so the system keeps no data for it; other closes are orderly")
    func reset() throws {
        let test = try TestShard()
        let listener = try PeerListener()
        for (reason, code) in [(CloseReason.slowConsumer, ECONNRESET), (.closedHere, 0)] {
            let (peer, connection) = try test.open(listener)
            connection.close(reason)
            test.loop.runTurn()
            var byte: UInt8 = 0
            let count = recv(peer.descriptor, &byte, 1, 0)
            #expect(code == 0 ? count == 0 : count < 0 && errno == code)
        }
    }

    @Test("a shard without connections or timeouts is not swept")
    func rest() throws {
        let test = try TestShard(limits: Limits(pendingAge: nil, frameTimeout: nil))
        let connection = test.connections(1)[0]
        #expect(!test.shard.isSweeping)
        test.shard.use(Limits(), coalesce: .zero)
        #expect(test.shard.isSweeping)
        test.end(connection, .peerClosed)
        test.loop.advance(by: Shard.sweepInterval)
        #expect(!test.shard.isSweeping)
    }
}
