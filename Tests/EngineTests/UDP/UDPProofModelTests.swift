import SeededRandom
import Testing
import Wire

@testable import Engine

/// Random datagrams and TCP connections of three addresses, on two UDP listeners without sockets, checked against a
/// model.
@Suite("Proof of UDP ports")
struct UDPProofModelTests {
    private static let portsPerConnection = 2

    /// The model of one address.
    private struct Address {
        let ip: IPAddress
        var streams = 0
        /// The ports with a connection, the most recently heard port first.
        var ports: [SocketAddress] = []

        var proven: Set<SocketAddress> { Set(self.ports.prefix(self.streams * UDPProofModelTests.portsPerConnection)) }
    }

    private let driven: DrivenShards
    private let listeners: [UDPListener]
    private var addresses = (1...3).map { Address(ip: IPAddress("192.0.2.\($0)")!) }

    init() throws {
        let driven = try DrivenShards(limits: Self.limits(connectionsPerAddress: 12))
        self.driven = driven
        self.listeners = ["one", "other"].map { driven.listener(name: $0) }
    }

    private var loop: EventLoop { self.driven.loop }
    private var shard: Shard { self.driven.shard }
    private var registry: ConnectionRegistry { self.driven.registry }

    private static func limits(connectionsPerAddress: Int) -> Limits {
        Limits(
            connections: 60,
            connectionsPerAddress: connectionsPerAddress,
            unprovenUDPConnections: 9,
            udpPortsPerConnection: Self.portsPerConnection
        )
    }

    private func listener(of port: SocketAddress) -> UDPListener { self.listeners[port.port % 2] }

    private func sweep() {
        for listener in self.listeners { listener.sweep(at: self.loop.now) }
        self.driven.runTurns()
    }

    @Test("random steps prove the most recently heard ports and keep each limit", arguments: 0..<40)
    mutating func model(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        self.registry.roster.admission.use(Self.limits(connectionsPerAddress: seed % 2 == 0 ? 5 : 12))
        for step in 0..<400 {
            let index = Int.random(in: 0..<3, using: &random)
            let ip = self.addresses[index].ip
            switch Int.random(in: 0..<20, using: &random) {
            case 0 where self.addresses[index].streams < 3:
                self.registry.roster.streamHosts.arrived(ip)
                self.addresses[index].streams += 1
                self.sweep()
            case 1..<3 where self.addresses[index].streams > 0:
                self.registry.roster.streamHosts.left(ip)
                self.addresses[index].streams -= 1
                self.sweep()
            case 3:
                guard let connection = self.shard.table.connections.randomElement(using: &random) else { continue }
                connection.close(.kicked)
                self.driven.runTurns()
            default:
                let port = Int.random(in: 1...16, using: &random)
                let source = SocketAddress(ip, port: port)
                self.listener(of: source).receive([UInt8(truncatingIfNeeded: step)], from: source)
                self.driven.runTurns()
                self.addresses[index].ports.removeAll { $0 == source }
                self.addresses[index].ports.insert(source, at: 0)
            }
            try self.check("seed \(seed), step \(step)")
        }
        self.end()
    }

    private mutating func check(_ place: String) throws {
        let connections = self.shard.table.connections
        let open = Set(connections.map(\.peerAddress))
        for index in self.addresses.indices { self.addresses[index].ports.removeAll { !open.contains($0) } }
        let proven = Set(self.addresses.flatMap(\.proven))
        for connection in connections {
            let peer = try #require(self.listener(of: connection.peerAddress).peer(connection.peerAddress))
            #expect(peer.connection === connection)
            #expect(peer.isProven == proven.contains(peer.address), "\(place): \(peer.address)")
            #expect(connection.joinsBroadcasts == peer.isProven, "\(place)")
            #expect((peer.unprovenSlot == nil) == peer.isProven, "\(place)")
        }
        let unproven = open.count - proven.count
        self.registry.roster.admission.look { book in
            #expect(book.count == open.count, "\(place)")
            #expect(book.unprovenCount == unproven, "\(place)")
            for address in self.addresses { #expect(book.unprovenExcess(of: address.ip) == 0, "\(place)") }
        }
        #expect(self.listeners.reduce(0) { $0 + $1.unproven.count } == unproven, "\(place)")
        #expect(unproven <= 9, "\(place)")
    }

    private func end() {
        for connection in self.shard.table.connections { connection.close() }
        self.driven.runTurns()
        while !self.shard.table.isEmpty { self.loop.advance(by: Shard.sweepPause) }
        self.registry.roster.admission.look { #expect($0.count == 0 && $0.unprovenCount == 0) }
        for address in self.addresses { #expect(self.driven.hosts.find(address.ip) == nil) }
    }

    @Test("a lost proof closes the least recently heard ports, and no more than the excess")
    mutating func endOfProof() throws {
        let (proven, stranger) = (self.addresses[0].ip, self.addresses[1].ip)
        for _ in 0..<3 { self.registry.roster.streamHosts.arrived(proven) }
        func receive(_ ip: IPAddress, _ port: Int) { self.listeners[0].receive(from: SocketAddress(ip, port: port)) }
        for port in 1...3 { receive(proven, port) }
        for port in 1...9 { receive(stranger, port) }
        for port in 4...6 { receive(proven, port) }
        for _ in 0..<3 { self.registry.roster.streamHosts.left(proven) }
        self.sweep()
        let left = self.shard.table.connections.map(\.peer.description)
        let expected = (4...9).map { "192.0.2.2:\($0)" } + (4...6).map { "192.0.2.1:\($0)" }
        #expect(Set(left) == Set(expected))
        #expect(try self.driven.counts().ended == [.unprovenLimit: 6])
        self.end()
    }
}
