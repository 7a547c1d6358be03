import EngineSupport
import Testing
import Wire

@testable import Engine

extension BoundRendezvous {
    /// Does what NIO does after an error of accept(2) that it can't go on from.
    fileprivate func lose() async throws {
        guard case .tcp(let socket) = self.socket else { return }
        try await socket.eventLoop.flatSubmit {
            socket.context?.channel.close() ?? socket.eventLoop.makeSucceededVoidFuture()
        }.get()
    }
}

extension SocketTests {
    @Suite("Rendezvous that are lost")
    struct RendezvousLossTests {
        @Test("a socket that the system closed is open again, for those who came in between too; connections stay")
        func reopened() async throws {
            try await TestEngine.run(.echo) { engine in
                let before = try await engine.peers(1)[0]
                try await engine.rendezvous[0].lose()
                let meanwhile = try Peer(port: engine.port())
                try meanwhile.send([1])
                await engine.events.reopened()
                for peer in [meanwhile, before, try Peer(port: engine.port())] {
                    if peer !== meanwhile { try peer.send([1]) }
                    #expect(try peer.receive(1) == [[1]])
                }
                #expect(try await engine.manager.registry.counts().get().listenersReopened == 1)
                let told = engine.events.all.withLock { $0.filter { $0 == .listenerLost || $0 == .listenerReopened } }
                #expect(told == [.listenerLost, .listenerReopened])
            }
        }

        @Test("one that is closed while it is lost stays closed, and its port is free")
        func closedMeanwhile() async throws {
            try await TestEngine.run(.echo) { engine in
                try await engine.rendezvous[0].lose()
                try await engine.manager.closeRendezvous(engine.rendezvous[0]).get()
                #expect(throws: PeerError.self) { try Peer(port: engine.port()) }
                let again = try await engine.manager.openTCPServerRendezvous(
                    Rendezvous(host: "127.0.0.1", port: engine.port()),
                    service: TestService.echo,
                    observers: [engine.events]
                ).get()
                #expect(again.address.port == engine.port())
            }
        }

        @Test("one that is held when it is lost is held when it is back")
        func held() async throws {
            try await TestEngine.run(.echo) { engine in
                let bound = engine.rendezvous[0]
                guard case .tcp(let socket) = bound.socket else { return }
                try await socket.eventLoop.submit { socket.pause(.held, true) }.get()
                let waiting = try Peer(port: engine.port())
                try waiting.send([1])
                try await bound.lose()
                await engine.events.reopened()
                try await engine.manager.answersOfEventLoops().get()
                #expect(engine.manager.registry.count == 0)
                try await engine.manager.acceptClients(on: bound).get()
                #expect(try waiting.receive(1) == [[1]])
            }
        }
    }
}
