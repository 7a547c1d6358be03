import EngineSupport

@testable import Engine

/// A manager with rendezvous on free ports of 127.0.0.1; one TCP rendezvous by default.
struct TestEngine {
    let manager: ConnectionManager
    let events = Events()
    private(set) var rendezvous: [BoundRendezvous] = []

    static func run<Result>(
        _ service: TestService,
        rendezvous: [Rendezvous] = [Rendezvous(host: "127.0.0.1", port: 0)],
        limits: Limits = Limits(),
        eventLoops: Int = 1,
        udpProof: UDPProof = .tcp,
        system: SystemCalls = .real,
        _ body: (TestEngine) async throws -> Result
    ) async throws -> Result {
        let manager = ConnectionManager(
            eventLoops: eventLoops,
            limits: limits,
            resolver: SystemNameResolver(),
            system: system
        )
        var engine = TestEngine(manager: manager)
        for each in rendezvous {
            let opening =
                switch each.transport {
                case .tcp: manager.openTCPServerRendezvous(each, service: service, observers: [engine.events])
                case .udp:
                    manager.openUDPRendezvous(each, proof: udpProof, service: service, observers: [engine.events])
                }
            let bound = try await opening.get()
            engine.rendezvous.append(bound)
        }
        let result: Result
        do {
            result = try await body(engine)
        } catch {
            try await engine.manager.shutDown()
            throw error
        }
        try await engine.manager.shutDown()
        return result
    }

    func port(_ index: Int = 0) -> Int { self.rendezvous[index].address.port }

    /// Connects the engine's first peers, one after the other. Their ids are 1, 2 and so on.
    func peers(_ count: Int) async throws -> [Peer] {
        var peers: [Peer] = []
        for number in 1...count {
            peers.append(try Peer(port: self.port()))
            await self.events.opened(number)
        }
        return peers
    }

    func shutDown(drain: Duration) async throws {
        for rendezvous in self.rendezvous { try await self.manager.closeRendezvous(rendezvous).get() }
        try await self.manager.closeConnections(drain: drain).get()
    }
}
