import Testing
import Wire

@testable import Engine

/// Ports of UDP listeners without sockets that lose their proof, and the connections that end for it.
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
        "hundreds end a part at a time, those heard least recently, for each limit",
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
            // Another look has to wait for the first.
            listener.sweep(at: listener.shard.loop.now)
            #expect(self.ports(listener).count == left)
            self.driven.loop.advance(by: Shard.sweepPause)
        }
        #expect(self.ports(listener) == [250])
    }

    @Test("a listener ends no more than have lost their proof on it, whatever others have to end")
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

    @Test("the ports of an address on several loops end in the order in which they were heard")
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

    @Test("a newcomer whose arrival shows that a proof has gone is among its host's ports before others end")
    func newcomer() throws {
        let observer = OpeningObserver()
        let listener = self.listener(on: 0, observer)
        self.registry.roster.streamHosts.arrived(Self.ip)
        self.receive(listener, ports: 1...1)
        self.registry.roster.streamHosts.left(Self.ip)
        observer.action.withLock {
            // Meanwhile other loops have made the unproven ones too many.
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

/// Does something when a connection opens.
private final class OpeningObserver: ConnectionObserver {
    let action = Locked<(@Sendable () -> Void)?>(nil)

    func connectionOpened(_ connection: Connection) { self.action.withLock { $0 }?() }
    func connectionClosed(_ connection: Connection, reason: CloseReason) {}
    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {}
    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {}
}
