import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

extension SocketTests {
    @Suite("Lost rendezvous")
    struct RendezvousLossTests {
        @Test("a lost socket is reopened, waiting clients are accepted, and connections stay open")
        func reopened() async throws {
            let system = ScriptedAccepts()
            try await TestEngine.run(.echo, system: system) { engine in
                let before = try await engine.peers(1)[0]
                system.failAccepts(EINVAL)
                let meanwhile = try Peer(port: engine.port())
                try meanwhile.send([1])
                await engine.events.reopened()
                for peer in [meanwhile, before, try Peer(port: engine.port())] {
                    if peer !== meanwhile { try peer.send([1]) }
                    #expect(try peer.receive(1) == [[1]])
                }
                #expect(try await engine.manager.registry.counts().get().listenersReopened == 1)
                let lost = Events.Event.acceptFailed(EINVAL, isFatal: true)
                let told = engine.events.all.withLock { $0.filter { $0 == lost || $0 == .listenerReopened } }
                #expect(told == [lost, .listenerReopened])
            }
        }

        @Test("a rendezvous that is closed while it is lost stays closed and frees its port")
        func closedMeanwhile() async throws {
            let system = ScriptedAccepts()
            try await TestEngine.run(.echo, system: system) { engine in
                system.failAccepts(EBADF)
                let waiting = try Peer(port: engine.port())
                await engine.events.acceptFailed()
                try await engine.manager.closeRendezvous(engine.rendezvous[0]).get()
                #expect(throws: PeerError.self) { try Peer(port: engine.port()) }
                let again = try await engine.manager.openTCPServerRendezvous(
                    Rendezvous(host: "127.0.0.1", port: engine.port()),
                    service: TestService.echo,
                    observers: [engine.events]
                ).get()
                #expect(again.address.port == engine.port())
                withExtendedLifetime(waiting) {}
            }
        }

        @Test("a rendezvous that is held while it is lost is still held after it reopens")
        func held() async throws {
            let system = ScriptedAccepts()
            try await TestEngine.run(.echo, system: system) { engine in
                let bound = engine.rendezvous[0]
                guard case .tcp(let listener) = bound.socket else {
                    Issue.record("the rendezvous socket is not a TCP listener")
                    return
                }
                system.failAccepts(EBADF)
                let waiting = try Peer(port: engine.port())
                try waiting.send([1])
                await engine.events.acceptFailed()
                try await listener.loop.submit { listener.pause(.held) }.get()
                await engine.events.reopened()
                try await engine.manager.answersOfEventLoops().get()
                #expect(engine.manager.registry.count == 0)
                try await engine.manager.acceptClients(on: bound).get()
                #expect(try waiting.receive(1) == [[1]])
            }
        }
    }
}
