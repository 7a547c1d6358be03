import Glibc
import NIOCore
import NIOEmbedded
import Testing
import Wire

@testable import PandaNet

/// The listener without a socket: what it is told to have received, and at what time.
@Suite("UDP listener")
struct UDPListenerTests {
    private static let source = try! SocketAddress(ipAddress: "192.0.2.1", port: 7)

    private let shard = Shard.embedded().shard
    private let events = Events()
    private let registry: ConnectionRegistry

    init() {
        self.registry = ConnectionRegistry(shards: [self.shard], limits: Limits(connections: 2))
        self.shard.use(.two)
    }

    private func listener(_ receiver: Receiver = .echo, proof: UDPProof = .tcp) -> UDPListener {
        let rendezvous = Rendezvous(transport: .udp)
        return UDPListener(
            rendezvous: rendezvous,
            idleTimeout: .seconds(60),
            proof: proof,
            shard: self.shard,
            origin: ConnectionOrigin(
                rendezvous: rendezvous,
                registry: self.registry,
                receiver: receiver,
                observer: self.events
            )
        )
    }

    private func receive(_ listener: UDPListener, from source: SocketAddress = Self.source, at seconds: Int64) {
        [UInt8(1)].withUnsafeBytes {
            listener.datagramReceived($0, from: source, at: .uptimeNanoseconds(0) + .seconds(seconds))
        }
    }

    private func sweep(_ listener: UDPListener, at seconds: Int64) {
        listener.sweep(at: .uptimeNanoseconds(0) + .seconds(seconds))
    }

    @Test("a connection ends when nothing has come for the timeout, and not a moment before")
    func idle() throws {
        let listener = self.listener()
        self.receive(listener, at: 1)
        self.sweep(listener, at: 60)
        self.receive(listener, at: 60)
        self.sweep(listener, at: 119)
        #expect(self.events.all.withLock { $0 } == [.opened(ConnectionID(rawValue: 1))])
        self.sweep(listener, at: 120)
        #expect(self.events.all.withLock { $0.last } == .closed(ConnectionID(rawValue: 1), .idleTimeout))
        #expect(self.registry.count == 0)
        #expect(self.shard.table.isEmpty)

        self.receive(listener, at: 121)
        #expect(self.events.all.withLock { $0.last } == .opened(ConnectionID(rawValue: 2)))
    }

    @Test("each address and port is a connection of its own, up to the limit of connections")
    func admission() throws {
        let listener = self.listener()
        let others = try [("192.0.2.1", 8), ("192.0.2.2", 7)].map { try SocketAddress(ipAddress: $0.0, port: $0.1) }
        self.receive(listener, at: 0)
        self.receive(listener, from: others[0], at: 0)
        self.receive(listener, at: 0)
        #expect(self.registry.count == 2)
        self.receive(listener, from: others[1], at: 0)
        #expect(self.registry.count == 2)
        #expect(self.events.all.withLock { $0.last } == .refused(.connectionLimit))
        self.sweep(listener, at: 60)
        self.receive(listener, from: others[1], at: 61)
        #expect(self.registry.count == 1)
    }

    @Test("an address joins broadcasts as long as a TCP connection from it is open, whatever its port")
    func proof() throws {
        let listener = self.listener()
        self.receive(listener, at: 0)
        let connection = try #require(self.shard.table.connections.first)
        #expect(!connection.joinsBroadcasts)

        self.registry.streamHosts.arrived(IPAddress("192.0.2.9")!)
        self.receive(listener, at: 1)
        #expect(!connection.joinsBroadcasts)

        self.registry.streamHosts.arrived(IPAddress("192.0.2.1")!)
        self.receive(listener, at: 2)
        #expect(connection.joinsBroadcasts)

        self.registry.streamHosts.left(IPAddress("192.0.2.1")!)
        self.sweep(listener, at: 3)
        #expect(!connection.joinsBroadcasts)

        self.registry.streamHosts.arrived(IPAddress("192.0.2.1")!)
        self.sweep(listener, at: 4)
        #expect(connection.joinsBroadcasts)
    }

    @Test("a TCP connection proves ports of its address, also of a link-local one with its interface")
    func linkLocalProof() throws {
        let loop = try #require(self.shard.eventLoop as? EmbeddedEventLoop)
        let origin = ConnectionOrigin(
            rendezvous: Rendezvous(),
            registry: self.registry,
            receiver: Receiver.echo,
            observer: self.events
        )
        let address = try #require(IPAddress("fe80::2"))
        let loopback = if_nametoindex("lo")
        let channel = EmbeddedChannel(
            handler: ConnectionChannelHandler(origin: origin, header: .two, shard: self.shard),
            loop: loop
        )
        channel.remoteAddress = address.socketAddress(port: 5, scope: loopback)
        channel.pipeline.fireChannelActive()
        #expect(self.shard.table.connections.map(\.peer.host) == ["fe80::2%lo"])

        let listener = self.listener()
        self.receive(listener, from: address.socketAddress(port: 6, scope: loopback), at: 0)
        #expect(self.shard.table.connections.map(\.joinsBroadcasts) == [true, true])
        _ = try channel.finish()
        self.sweep(listener, at: 1)
        #expect(self.shard.table.connections.map(\.joinsBroadcasts) == [false])
    }

    @Test("where no proof is asked for, everyone joins broadcasts at once")
    func noProof() throws {
        let listener = self.listener(proof: .none)
        self.receive(listener, at: 0)
        #expect(try #require(self.shard.table.connections.first).joinsBroadcasts)
    }

    @Test("a payload arrives framed as on a stream, and is counted with its header")
    func framed() throws {
        let listener = self.listener(
            Receiver { run, connection in
                #expect(run.payloads == [[1]])
                #expect(run.datagramCount == 1)
                #expect(run.header == .two)
                connection.drop(run)
            }
        )
        self.receive(listener, at: 0)
        var expected = Traffic()
        expected.datagramsIn = 1
        expected.bytesIn = 3
        expected.datagramsDropped = 1
        #expect(self.shard.counts().traffic == expected)
    }

    @Test("a connection that the program closes is forgotten with its reason, and a later datagram is a new one's")
    func closed() throws {
        let listener = self.listener()
        self.receive(listener, at: 0)
        try #require(self.shard.table.connections.first).close()
        self.shard.sendAll()
        #expect(self.events.all.withLock { $0.last } == .closed(ConnectionID(rawValue: 1), .closedHere))
        self.receive(listener, at: 1)
        #expect(self.events.all.withLock { $0.last } == .opened(ConnectionID(rawValue: 2)))
    }

    @Test("one that has ended before its turn to end has come does not take its successor with it")
    func successor() throws {
        let listener = self.listener()
        self.receive(listener, at: 0)
        let old = try #require(self.shard.table.connections.first)
        old.close(.kicked)
        // Found idle, or unproven and one too many, in the same pass.
        listener.end(old, .idleTimeout)
        self.receive(listener, at: 1)
        self.shard.sendAll()
        #expect(
            self.events.all.withLock { $0 } == [
                .opened(ConnectionID(rawValue: 1)), .closed(ConnectionID(rawValue: 1), .kicked),
                .opened(ConnectionID(rawValue: 2)),
            ]
        )
        #expect(self.shard.table.connections.map(\.isOpen) == [true])
        #expect(self.registry.count == 1)
    }

    @Test("a datagram that came before the loop has noticed that it stood still is not younger than it is")
    func heardBeforeStallIsNoticed() throws {
        let listener = self.listener()
        func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }
        self.shard.tickClock(due: time(1), at: time(1))
        self.receive(listener, at: 101)
        self.shard.tickClock(due: time(2), at: time(102))
        self.sweep(listener, at: 102)
        #expect(self.shard.table.count == 1)
        self.sweep(listener, at: 161)
        #expect(self.shard.table.count == 1)
        self.sweep(listener, at: 162)
        #expect(self.shard.table.isEmpty)
    }

    @Test("a host that has proven none of its ports has room for the first one")
    func isFull() throws {
        let host = UDPHost(address: IPAddress("192.0.2.1")!)
        #expect(!host.isFull(provenPorts: 1))
        _ = host.add(UDPPeer(listener: self.listener(), address: Self.source, host: host, now: .uptimeNanoseconds(0)))
        #expect(host.isFull(provenPorts: 1))
        #expect(!host.isFull(provenPorts: 2))
    }

    @Test("at the end of the program everyone is forgotten at once, and nothing more is taken")
    func shutdown() throws {
        let listener = self.listener()
        self.receive(listener, at: 0)
        self.shard.stopTakingDatagrams()
        self.receive(listener, from: try SocketAddress(ipAddress: "192.0.2.2", port: 7), at: 0)
        try self.shard.finishConnections(drain: .seconds(60)).wait()
        #expect(
            self.events.all.withLock { $0 } == [
                .opened(ConnectionID(rawValue: 1)), .closed(ConnectionID(rawValue: 1), .shutdown),
            ]
        )
    }
}
