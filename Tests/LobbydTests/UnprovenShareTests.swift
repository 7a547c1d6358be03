import Engine
import Testing

@testable import lobbyd

@Suite("Share of the slots for unproven ports")
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

    @Test("a limit of unproven ports at or over the connection limit is reported", arguments: [10, 11, nil])
    func every(unproven: Int?) {
        #expect(self.share(unproven, of: 10) != nil)
    }

    @Test("a lower limit of unproven ports is not reported, but two missing limits are")
    func fewer() {
        #expect(self.share(9, of: 10) == nil)
        #expect(self.share(9, of: nil) == nil)
        #expect(self.share(nil, of: nil) != nil)
    }

    @Test("without UDP or without a required proof, the share is not reported")
    func none() {
        #expect(self.share(10, of: 10, transports: [.tcp]) == nil)
        #expect(self.share(10, of: 10, proof: .none) == nil)
    }

    @Test("the default limits leave slots for proven ports")
    func defaults() {
        var configuration = Configuration()
        configuration.listeners = [ListenerSettings(transport: .udp)]
        #expect(UnprovenShare(configuration) == nil)
    }

    @Test("the log names both settings as the configuration file does")
    func metadata() throws {
        let share = try #require(self.share(nil, of: 10))
        #expect(share.metadata == ["udp_unproven_connections": "no limit", "connections": "10"])
    }
}
