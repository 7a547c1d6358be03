import NIOCore
import NIOEmbedded
import SeededRandom
import Testing
import Wire

@testable import PandaNet

/// Two UDP listeners without sockets, TCP connections that come and go, and datagrams from many ports, in random orders.
@Suite("Proof of UDP ports")
struct UDPProofModelTests {
    private static let portsPerConnection = 2

    /// What the proof of one address has to be.
    private struct Address {
        let ip: IPAddress
        var streams = 0
        /// With a connection, the one heard most recently first.
        var ports: [SocketAddress] = []

        var proven: Set<SocketAddress> { Set(self.ports.prefix(self.streams * UDPProofModelTests.portsPerConnection)) }
    }

    private let loop: EmbeddedEventLoop
    private let shard: Shard
    private let registry: ConnectionRegistry
    private let events = Events()
    private var listeners: [UDPListener] = []
    private var addresses = (1...3).map { Address(ip: IPAddress("192.0.2.\($0)")!) }

    init() {
        let limits = Self.limits(connectionsPerAddress: 12)
        (self.shard, self.loop) = Shard.embedded(limits: limits)
        self.registry = ConnectionRegistry(shards: [self.shard], limits: limits)
        self.shard.use(.two)
        for name in ["one", "other"] {
            let rendezvous = Rendezvous(name: name, transport: .udp)
            let origin = ConnectionOrigin(
                rendezvous: rendezvous,
                registry: self.registry,
                receiver: Receiver.echo,
                observer: self.events
            )
            self.listeners.append(
                UDPListener(
                    rendezvous: rendezvous,
                    idleTimeout: .seconds(60),
                    proof: .tcp,
                    shard: self.shard,
                    origin: origin
                )
            )
        }
    }

    private static func limits(connectionsPerAddress: Int) -> Limits {
        Limits(
            connections: 60,
            connectionsPerAddress: connectionsPerAddress,
            unprovenUDPConnections: 9,
            udpPortsPerConnection: Self.portsPerConnection
        )
    }

    private func listener(of port: SocketAddress) -> UDPListener { self.listeners[port.port! % 2] }

    private func sweep() {
        for listener in self.listeners { listener.sweep(at: self.loop.now) }
        self.loop.run()
    }

    @Test("random steps prove the ports heard most recently and keep each limit", arguments: 0..<40)
    mutating func model(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        self.registry.admission.use(Self.limits(connectionsPerAddress: seed % 2 == 0 ? 5 : 12))
        for step in 0..<400 {
            let index = Int.random(in: 0..<3, using: &random)
            let ip = self.addresses[index].ip
            switch Int.random(in: 0..<20, using: &random) {
            case 0 where self.addresses[index].streams < 3:
                self.registry.streamHosts.arrived(ip)
                self.addresses[index].streams += 1
                self.sweep()
            case 1..<3 where self.addresses[index].streams > 0:
                self.registry.streamHosts.left(ip)
                self.addresses[index].streams -= 1
                self.sweep()
            case 3:
                guard let connection = self.shard.table.connections.randomElement(using: &random) else { continue }
                connection.close(.kicked)
                self.shard.sendAll()
                self.loop.run()
            default:
                let port = Int.random(in: 1...16, using: &random)
                let source = try SocketAddress(ipAddress: ip.description, port: port)
                [UInt8(truncatingIfNeeded: step)].withUnsafeBytes {
                    self.listener(of: source).datagramReceived($0, from: source, at: self.loop.now)
                }
                self.loop.run()
                self.addresses[index].ports.removeAll { $0 == source }
                self.addresses[index].ports.insert(source, at: 0)
            }
            try self.check("seed \(seed), step \(step)")
        }
        self.end()
    }

    private mutating func check(_ place: String) throws {
        let connections = self.shard.table.connections
        let open = Set(connections.compactMap(\.udpPeer?.address))
        for index in self.addresses.indices { self.addresses[index].ports.removeAll { !open.contains($0) } }
        let proven = Set(self.addresses.flatMap(\.proven))
        for connection in connections {
            let peer = try #require(connection.udpPeer)
            #expect(peer.isProven == proven.contains(peer.address), "\(place): \(peer.address)")
            #expect(connection.joinsBroadcasts == peer.isProven, "\(place)")
            #expect((peer.unprovenSlot == nil) == peer.isProven, "\(place)")
        }
        let unproven = open.count - proven.count
        self.registry.admission.look { book in
            #expect(book.count == open.count, "\(place)")
            #expect(book.unprovenCount == unproven, "\(place)")
            for address in self.addresses { #expect(book.unprovenExcess(of: address.ip) == 0, "\(place)") }
        }
        #expect(self.listeners.reduce(0) { $0 + $1.unproven.count } == unproven, "\(place)")
        #expect(unproven <= 9, "\(place)")
    }

    private func end() {
        for connection in self.shard.table.connections { connection.close() }
        self.shard.sendAll()
        self.loop.run()
        while !self.shard.table.isEmpty { self.loop.advanceTime(by: Shard.sweepPause) }
        self.registry.admission.look { #expect($0.count == 0 && $0.unprovenCount == 0) }
        for address in self.addresses { #expect(self.registry.udpHosts.find(address.ip) == nil) }
    }

    @Test("when a proof ends, those end that were heard least recently, and no more than are too many")
    mutating func endOfProof() throws {
        let (proven, stranger) = (self.addresses[0].ip, self.addresses[1].ip)
        for _ in 0..<3 { self.registry.streamHosts.arrived(proven) }
        func receive(_ ip: IPAddress, _ port: Int) throws {
            let source = try SocketAddress(ipAddress: ip.description, port: port)
            [UInt8(1)].withUnsafeBytes { self.listeners[0].datagramReceived($0, from: source, at: self.loop.now) }
        }
        for port in 1...3 { try receive(proven, port) }
        for port in 1...9 { try receive(stranger, port) }
        for port in 4...6 { try receive(proven, port) }
        for _ in 0..<3 { self.registry.streamHosts.left(proven) }
        self.sweep()
        let left = self.shard.table.connections.map(\.peer.description)
        let expected = (4...9).map { "192.0.2.2:\($0)" } + (4...6).map { "192.0.2.1:\($0)" }
        #expect(Set(left) == Set(expected))
        #expect(self.shard.counts().ended == [.unprovenLimit: 6])
        self.end()
    }
}
