import EngineSupport
import Testing
import Wire

@testable import Engine

extension SocketTests {
    /// Admission to the limits, tested with real sockets.
    @Suite("Admission")
    struct AdmissionTests {
        @Test("a connection past the limit of its address is refused at once, on each listener")
        func addressLimit() async throws {
            let rendezvous = Rendezvous(host: "127.0.0.1", port: 0)
            let limits = Limits(connectionsPerAddress: 2)
            try await TestEngine.run(.echo, rendezvous: [rendezvous, rendezvous], limits: limits, eventLoops: 2) {
                engine in
                var peers = try await engine.peers(2)
                #expect(try Peer(port: engine.port(1)).isEnded())
                await engine.events.refused()
                #expect(engine.events.all.withLock { $0.contains(.refused(.addressLimit)) })
                peers.removeLast()
                _ = await engine.events.closed()
                while engine.manager.registry.count > 1 { await Task.yield() }
                let next = try Peer(port: engine.port(1))
                try next.send([1])
                #expect(try next.receive(1) == [[1]])
                #expect(try await engine.manager.registry.counts().get().refused == [.addressLimit: 1])
            }
        }

        @Test("a newly denied address loses its connections and gets no new ones")
        func denied() async throws {
            try await TestEngine.run(.echo, eventLoops: 2) { engine in
                let peers = try await engine.peers(3)
                let access = AccessList(deny: [try IPNetwork("127.0.0.0/8")])
                try await engine.manager.update(ManagerUpdate(limits: Limits(access: access))).get()
                #expect(await engine.events.closed(3) == [.accessDenied, .accessDenied, .accessDenied])
                for peer in peers { #expect(peer.isEnded()) }
                #expect(try Peer(port: engine.port()).isEnded())
                #expect(try await engine.manager.registry.counts().get().refused == [.accessDenied: 1])
                try await engine.manager.update(ManagerUpdate(limits: Limits())).get()
                let next = try Peer(port: engine.port())
                try next.send([1])
                #expect(try next.receive(1) == [[1]])
            }
        }

        @Test("a crowd on several listeners and event loops never exceeds the limit, and every client is served")
        func exact() async throws {
            let rendezvous = Rendezvous(host: "127.0.0.1", port: 0)
            let limits = Limits(connections: 3)
            try await TestEngine.run(.echo, rendezvous: [rendezvous, rendezvous], limits: limits, eventLoops: 2) {
                engine in
                var peers = try (0..<100).map { number in
                    let peer = try Peer(port: engine.port(number % 2))
                    try peer.send([UInt8(number)])
                    return peer
                }
                while !peers.isEmpty {
                    // Only admitted peers get an answer. Each peer with an answer leaves.
                    peers.removeAll { $0.hasReceived }
                    #expect(engine.manager.registry.count <= 3)
                    await Task.yield()
                }
                _ = await engine.events.closed(100)
                let mostAtOnce = engine.events.all.withLock { events in
                    var (open, most) = (0, 0)
                    for event in events {
                        if case .opened = event { open += 1 }
                        if case .closed = event { open -= 1 }
                        most = max(most, open)
                    }
                    return most
                }
                #expect(mostAtOnce == 3)
                #expect(try await engine.manager.registry.counts().get().refused == [:])
            }
        }
    }
}
