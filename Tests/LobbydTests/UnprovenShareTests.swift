import Engine
import Testing

@testable import lobbyd

@Suite("Places that addresses which are not proven may take")
struct UnprovenShareTests {
    private func share(
        _ unproven: Int?,
        of connections: Int?,
        proof: UDPProof = .tcp,
        transports: [Transport] = [.tcp, .udp]
    ) -> UnprovenShare? {
        var configuration = Configuration()
        configuration.listeners = transports.map { ListenerSettings(transport: $0) }
        configuration.limits.udpProof = proof
        (configuration.limits.udpUnprovenConnections, configuration.limits.connections) = (unproven, connections)
        return UnprovenShare(configuration)
    }

    @Test("as many as there are, or no limit of them, is every place", arguments: [10, 11, nil])
    func every(unproven: Int?) {
        #expect(self.share(unproven, of: 10) != nil)
    }

    @Test("fewer leave some to the others")
    func fewer() {
        #expect(self.share(9, of: 10) == nil)
        #expect(self.share(9, of: nil) == nil)
        #expect(self.share(nil, of: nil) != nil)
    }

    @Test("over TCP alone, and where every address counts as proven, nobody needs a share")
    func none() {
        #expect(self.share(10, of: 10, transports: [.tcp]) == nil)
        #expect(self.share(10, of: 10, proof: .none) == nil)
    }

    @Test("the defaults leave places")
    func defaults() {
        var configuration = Configuration()
        configuration.listeners = [ListenerSettings(transport: .udp)]
        #expect(UnprovenShare(configuration) == nil)
    }

    @Test("the log names both settings as the file does")
    func metadata() throws {
        let share = try #require(self.share(nil, of: 10))
        #expect(share.metadata == ["udp_unproven_connections": "no limit", "connections": "10"])
    }
}
