import Engine
import Testing

@testable import lobbyd

@Suite("Engine settings from a configuration")
struct EngineSettingsTests {
    @Test("a listener becomes a rendezvous, on all interfaces if its address is a star")
    func rendezvous() {
        #expect(
            ListenerSettings().rendezvous
                == Rendezvous(name: "game", host: nil, port: 9099, backlog: 1000, framing: .two)
        )
        #expect(ListenerSettings(transport: .udp).rendezvous.transport == .udp)
        #expect(ListenerSettings(transport: .udp, receiveBuffer: 5).rendezvous.receiveBufferBytes == 5)
        let listener = ListenerSettings(name: "a", address: "::1", port: 1, backlog: 2, header: .four)
        #expect(listener.rendezvous == Rendezvous(name: "a", host: "::1", port: 1, backlog: 2, framing: .four))
    }

    @Test("each limit of the file becomes an engine limit, or no limit if it is off")
    func limits() {
        #expect(Configuration().engineLimits == Limits(keepAlive: .seconds(30)))
        var configuration = Configuration()
        configuration.limits = LimitSettings(
            connections: nil,
            datagramBytes: 5,
            throttleAge: .zero,
            pendingBytes: nil,
            pendingDatagrams: nil,
            pendingAge: .zero,
            pendingBytesTotal: nil,
            unfinishedBytesTotal: nil,
            frameTimeout: .zero,
            keepAlive: .zero
        )
        configuration.limits.udpUnprovenConnections = nil
        configuration.limits.udpUnprovenAnswersPerSecond = nil
        #expect(configuration.engineLimits == .off(datagramBytes: 5))
        configuration.limits = LimitSettings(
            connections: 1,
            datagramBytes: 2,
            datagramsPerSecond: 3,
            bytesPerSecond: 4,
            broadcastBytesPerSecond: 11,
            throttleAge: .seconds(13),
            pendingBytes: 5,
            pendingDatagrams: 6,
            pendingAge: .seconds(7),
            pendingBytesTotal: 8,
            slowConsumer: .drop,
            unfinishedBytesTotal: 12,
            frameTimeout: .seconds(9),
            idleTimeout: .seconds(10),
            keepAlive: .seconds(14)
        )
        configuration.limits.udpUnprovenConnections = nil
        #expect(
            configuration.engineLimits
                == Limits(
                    connections: 1,
                    datagramBytes: 2,
                    datagramsPerSecond: 3,
                    bytesPerSecond: 4,
                    broadcastBytesPerSecond: 11,
                    throttleAge: .seconds(13),
                    pendingBytes: 5,
                    pendingDatagrams: 6,
                    pendingAge: .seconds(7),
                    pendingBytesTotal: 8,
                    slowConsumer: .drop,
                    unfinishedBytesTotal: 12,
                    frameTimeout: .seconds(9),
                    idleTimeout: .seconds(10),
                    keepAlive: .seconds(14),
                    unprovenUDPConnections: nil
                )
        )
    }

    @Test("the limits for addresses and the access lists become engine limits")
    func admission() throws {
        var configuration = Configuration()
        configuration.limits.connectionsPerAddress = 2
        configuration.limits.acceptsPerSecondPerAddress = 3
        configuration.limits.udpUnprovenConnections = nil
        configuration.limits.udpPortsPerConnection = 5
        configuration.limits.udpUnprovenAnswersPerSecond = 6
        let (ten, one) = (try IPNetwork("10.0.0.0/8"), try IPNetwork("10.0.0.1"))
        configuration.access = AccessSettings(allow: [ten], deny: [one])
        #expect(
            configuration.engineLimits
                == Limits(
                    keepAlive: .seconds(30),
                    connectionsPerAddress: 2,
                    acceptsPerSecondPerAddress: 3,
                    unprovenUDPConnections: nil,
                    udpPortsPerConnection: 5,
                    unprovenUDPAnswersPerSecond: 6,
                    access: AccessList(allow: [ten], deny: [one])
                )
        )
    }

    @Test("an idle UDP connection always times out")
    func idleTimeout() {
        #expect(LimitSettings().udpIdleTimeout == .seconds(60))
        #expect(LimitSettings(idleTimeout: .milliseconds(1)).udpIdleTimeout == .milliseconds(1))
    }

    @Test("0 event loops means one per processor")
    func eventLoops() {
        #expect(ServerSettings(eventLoops: 0).eventLoopCount == ConnectionManager.eventLoopsOfThisMachine)
        #expect(ServerSettings(eventLoops: 3).eventLoopCount == 3)
    }
}
