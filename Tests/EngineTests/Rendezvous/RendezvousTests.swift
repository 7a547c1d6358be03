import Glibc
import Testing

@testable import Engine

extension SocketTests {
    @Suite("Rendezvous")
    struct RendezvousTests {
        @Test("a port in use is an error that names listener, address and port")
        func portInUse() async throws {
            try await TestEngine.run(.echo) { engine in
                let taken = Rendezvous(name: "second", host: "127.0.0.1", port: engine.port())
                let error = await #expect(throws: RendezvousError.self) {
                    _ = try await engine.manager.openTCPServerRendezvous(
                        taken,
                        service: TestService.echo,
                        observers: [engine.events]
                    ).get()
                }
                #expect(
                    error?.description
                        == "listener \"second\" cannot open 127.0.0.1:\(engine.port()): Address already in use"
                )
                #expect(error?.errorCode == EADDRINUSE)
            }
        }

        @Test("an address of another machine is an error")
        func foreignAddress() async throws {
            try await TestEngine.run(.echo) { engine in
                let foreign = Rendezvous(host: "192.0.2.1", port: 0)
                let error = await #expect(throws: RendezvousError.self) {
                    _ = try await engine.manager.openTCPServerRendezvous(
                        foreign,
                        service: TestService.echo,
                        observers: [engine.events]
                    ).get()
                }
                #expect(error?.errorCode == EADDRNOTAVAIL)
            }
        }

        @Test("a rendezvous without an address accepts IPv4 peers and shows them as IPv4")
        func everywhere() async throws {
            try await TestEngine.run(.echo, rendezvous: [Rendezvous(port: 0)]) { engine in
                let peer = try await engine.peers(1)[0]
                let address = try await engine.manager.registry.withConnection(ConnectionID(rawValue: 1)) { $0.peer }
                    .get()
                #expect(address?.host == "127.0.0.1")
                withExtendedLifetime(peer) {}
            }
        }
    }
}
