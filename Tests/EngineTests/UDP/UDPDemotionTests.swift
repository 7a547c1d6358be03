import Testing
import Wire

@testable import Engine

/// UDP ports that lose their proof, and the connections that close because of it. The listeners have no sockets.
@Suite("UDP ports that lose their proof")
struct UDPDemotionTests {
    private static let part = Shard.sweepClosesMax
    private static let ip = IPAddress("192.0.2.1")!

    private static let limits = Limits(
        connectionsPerAddress: nil,
        acceptsPerSecondPerAddress: nil,
        unprovenUDPConnections: nil,
        udpPortsPerConnection: 300
    )

    private let driven: DrivenShards
    private var registry: ConnectionRegistry { self.driven.registry }

    init() throws {
        self.driven = try DrivenShards(2, limits: Self.limits)
    }

    private func listener(on shard: Int, _ observer: (any ConnectionObserver)? = nil) -> UDPListener {
        self.driven.listener(on: shard, idleTimeout: .seconds(600), observer: observer)
    }

    private func receive(_ listener: UDPListener, from ip: IPAddress = Self.ip, ports: ClosedRange<Int>) {
        for port in ports { listener.receive(from: SocketAddress(ip, port: port)) }
    }

    private func loseProof(_ listener: UDPListener) {
        self.registry.roster.streamHosts.left(Self.ip)
        listener.sweep(at: listener.shard.loop.now)
    }

    private func ports(_ listener: UDPListener) -> Set<Int> { Set(listener.table.peers.keys.map(\.port)) }

    @Test(
        "past either limit, the least recently heard ports close, in parts",
        arguments: [Limits(unprovenUDPConnections: 1), Limits(connectionsPerAddress: 1)]
    )
    func parts(limits: Limits) {
        let listener = self.listener(on: 0)
        self.registry.roster.streamHosts.arrived(Self.ip)
        self.receive(listener, ports: 1...250)
        self.registry.roster.admission.use(limits)
        self.loseProof(listener)
        for left in [250 - Self.part, 250 - 2 * Self.part, 1] {
            #expect(self.ports(listener) == Set(251 - left...250))
            // A second sweep waits until the first has finished.
            listener.sweep(at: listener.shard.loop.now)
            #expect(self.ports(listener).count == left)
            self.driven.loop.advance(by: Shard.sweepPause)
        }
        #expect(self.ports(listener) == [250])
    }

    @Test("a listener closes at most as many ports as lost their proof on it")
    func shared() {
        let (one, other) = (self.listener(on: 0), self.listener(on: 1))
        self.receive(one, from: IPAddress("192.0.2.2")!, ports: 1...20)
        self.receive(other, from: IPAddress("192.0.2.3")!, ports: 1...20)
        self.registry.roster.streamHosts.arrived(Self.ip)
        self.receive(one, ports: 101...105)
        self.registry.roster.admission.use(Limits(unprovenUDPConnections: 30))
        self.loseProof(one)
        self.driven.loop.advance(by: Shard.sweepPause)
        #expect(self.ports(one) == Set(6...20).union(101...105))
        #expect(self.ports(other).count == 20)
    }

    @Test("the ports of one address on several event loops close in the order of their last datagram")
    func loops() {
        let listeners = [self.listener(on: 0), self.listener(on: 1)]
        self.registry.roster.streamHosts.arrived(Self.ip)
        for port in 1...20 { self.receive(listeners[port / 2 % 2], ports: port...port) }
        self.registry.roster.admission.use(Limits(connectionsPerAddress: 5))
        self.loseProof(listeners[0])
        self.driven.runTurns()
        #expect(self.ports(listeners[0]).union(self.ports(listeners[1])) == Set(16...20))
        self.registry.roster.admission.look { #expect($0.unprovenCount == 5) }
    }

    @Test("when a new port reveals a lost proof, the new port is listed under its host before other ports close")
    func newcomer() throws {
        let observer = OpeningObserver()
        let listener = self.listener(on: 0, observer)
        self.registry.roster.streamHosts.arrived(Self.ip)
        self.receive(listener, ports: 1...1)
        self.registry.roster.streamHosts.left(Self.ip)
        observer.action.withLock {
            // In the meantime, the limit has dropped below the number of unproven ports.
            $0 = { [registry = self.registry] in registry.roster.admission.use(Limits(unprovenUDPConnections: 0)) }
        }
        self.receive(listener, ports: 2...2)
        let peers = Array(listener.table.peers.values)
        #expect(peers.map(\.address.port) == [2])
        let host = try #require(self.driven.hosts.find(Self.ip))
        #expect(host.oldestUnproven === peers.first)
        #expect(listener.unproven.count == 1)
        self.registry.roster.admission.look { #expect($0.unprovenCount == 1) }
    }
}

/// Calls a closure when a connection opens.
private final class OpeningObserver: ConnectionObserver {
    let action = Locked<(@Sendable () -> Void)?>(nil)

    func connectionOpened(_ connection: Connection) { self.action.withLock { $0 }?() }
    func connectionClosed(_ connection: Connection, reason: CloseReason) {}
    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {}
    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {}
}
