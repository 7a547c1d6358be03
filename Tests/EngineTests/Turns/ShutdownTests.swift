import EngineSupport
import Glibc
import Testing

@testable import Engine

extension SocketTests {
    @Suite("Shutdown")
    struct ShutdownTests {
        @Test("a shutdown delivers all accepted datagrams before it closes the connections", arguments: [1, 2])
        func drain(eventLoops: Int) async throws {
            try await TestEngine.run(.broadcast, eventLoops: eventLoops) { engine in
                let peers = try await engine.peers(8)
                let sent = (0..<100).map { [UInt8($0)] }
                for payload in sent { try peers[0].send(payload) }
                #expect(try peers[7].receive(1) == [[0]])
                async let done: Void = engine.shutDown(drain: .seconds(5))
                let taken = peers.enumerated().map { index, peer in
                    let bytes = peer.readToEnd()
                    peer.shutWriting()
                    return bytes / 3 + (index == 7 ? 1 : 0)
                }
                try await done
                let counts = try await engine.manager.registry.counts().get()
                #expect(taken == Array(repeating: Int(counts.traffic.datagramsIn), count: 8))
                #expect(counts.cut == 0)
                #expect(await engine.events.closed(8) == Array(repeating: .shutdown, count: 8))
            }
        }

        @Test("a peer that keeps its side open is closed after the linger time, long before the drain time ends")
        func linger() async throws {
            try await TestEngine.run(.echo) { engine in
                let peers = try await engine.peers(2)
                let start = ContinuousClock.now
                try await engine.shutDown(drain: .seconds(60))
                #expect(.now - start < .seconds(5))
                #expect(await engine.events.closed(2) == [.shutdown, .shutdown])
                withExtendedLifetime(peers) {}
            }
        }

        @Test("a peer that does not read is cut at the end of the drain time, and counted")
        func stuck() async throws {
            try await TestEngine.run(.echo, limits: Limits(pendingBytes: nil)) { engine in
                let stuck = try Peer(port: engine.port(), receiveBufferBytes: 4096)
                for _ in 0..<1_000 { try stuck.send([UInt8](repeating: 1, count: 20_000)) }
                let start = ContinuousClock.now
                try await engine.shutDown(drain: .milliseconds(300))
                #expect(.now - start >= .milliseconds(300))
                #expect(try await engine.manager.registry.counts().get().cut == 1)
                #expect(await engine.events.closed() == [.shutdown])
            }
        }

        @Test("a shutdown without connections finishes at once")
        func empty() async throws {
            try await TestEngine.run(.echo, eventLoops: 2) { engine in
                let start = ContinuousClock.now
                try await engine.shutDown(drain: .seconds(60))
                #expect(.now - start < .seconds(1))
            }
        }

        @Test("a shutdown refuses new connections")
        func rendezvousClosed() async throws {
            try await TestEngine.run(.echo) { engine in
                try await engine.shutDown(drain: .seconds(1))
                #expect(throws: PeerError.refused(ECONNREFUSED)) { try Peer(port: engine.port()) }
            }
        }
    }
}
