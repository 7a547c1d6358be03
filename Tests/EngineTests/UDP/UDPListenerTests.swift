import Glibc
import Testing
import Wire

@testable import Engine

/// A listener without a socket. The tests pass it datagrams, each with its time of arrival.
@Suite("UDP listener")
struct UDPListenerTests {
    private static let source = address("192.0.2.1", port: 7)

    private let driven: DrivenShards

    init() throws {
        self.driven = try DrivenShards(limits: Limits(connections: 2))
    }

    private var shard: Shard { self.driven.shard }
    private var registry: ConnectionRegistry { self.driven.registry }
    private var connections: ContiguousArray<Connection> { self.shard.table.connections }
    private var lastEvent: Events.Event? { self.driven.events.all.withLock { $0.last } }

    private func id(_ number: UInt64) -> ConnectionID { ConnectionID(rawValue: number) }

    private func receive(_ listener: UDPListener, from source: SocketAddress = Self.source, at seconds: Double) {
        listener.receive(from: source, at: .seconds(seconds))
    }

    @Test("a connection closes exactly at the idle timeout")
    func idle() throws {
        let listener = self.driven.listener()
        self.receive(listener, at: 1)
        listener.sweep(at: .seconds(60))
        self.receive(listener, at: 60)
        listener.sweep(at: .seconds(119))
        #expect(self.driven.events.all.withLock { $0 } == [.opened(self.id(1))])
        listener.sweep(at: .seconds(120))
        #expect(self.lastEvent == .closed(self.id(1), .idleTimeout))
        #expect(self.registry.count == 0)
        #expect(self.connections.isEmpty)

        self.receive(listener, at: 121)
        #expect(self.lastEvent == .opened(self.id(2)))
    }

    @Test("each address and port gets its own connection, up to the connection limit")
    func admission() throws {
        let listener = self.driven.listener()
        let others = [address("192.0.2.1", port: 8), address("192.0.2.2", port: 7)]
        self.receive(listener, at: 0)
        self.receive(listener, from: others[0], at: 0)
        self.receive(listener, at: 0)
        #expect(self.registry.count == 2)
        self.receive(listener, from: others[1], at: 0)
        #expect(self.registry.count == 2)
        #expect(self.lastEvent == .refused(.connectionLimit))
        listener.sweep(at: .seconds(60))
        self.receive(listener, from: others[1], at: 61)
        #expect(self.registry.count == 1)
    }

    @Test("an address joins broadcasts while a TCP connection from it is open")
    func proof() throws {
        let listener = self.driven.listener()
        self.receive(listener, at: 0)
        let connection = try #require(self.connections.first)
        #expect(!connection.joinsBroadcasts)

        self.registry.roster.streamHosts.arrived(IPAddress("192.0.2.9")!)
        self.receive(listener, at: 1)
        #expect(!connection.joinsBroadcasts)

        self.registry.roster.streamHosts.arrived(IPAddress("192.0.2.1")!)
        self.receive(listener, at: 2)
        #expect(connection.joinsBroadcasts)

        self.registry.roster.streamHosts.left(IPAddress("192.0.2.1")!)
        listener.sweep(at: .seconds(3))
        #expect(!connection.joinsBroadcasts)

        self.registry.roster.streamHosts.arrived(IPAddress("192.0.2.1")!)
        listener.sweep(at: .seconds(4))
        #expect(connection.joinsBroadcasts)
    }

    @Test("a TCP connection proves the ports of its address, also of a link-local address")
    func linkLocalProof() throws {
        let loopback = if_nametoindex("lo")
        var pair: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let stream = self.shard.openStream(
            pair[0],
            peer: address("fe80::2", port: 5, scope: loopback),
            origin: self.driven.origin(),
            framing: .two
        )
        try #require(stream != nil)
        let host = try #require(IPAddress("fe80::2"))
        #expect(self.registry.roster.admission.admit(host, at: self.shard.loop.now) == .admitted)
        #expect(self.connections.map(\.peer.host) == ["fe80::2%lo"])

        let listener = self.driven.listener()
        self.receive(listener, from: address("fe80::2", port: 6, scope: loopback), at: 0)
        #expect(self.connections.map(\.joinsBroadcasts) == [true, true])
        close(pair[1])
        self.driven.runTurns()
        listener.sweep(at: .seconds(1))
        #expect(self.connections.map(\.joinsBroadcasts) == [false])
    }

    @Test("without a required proof, each connection joins broadcasts at once")
    func noProof() throws {
        let listener = self.driven.listener(proof: .none)
        self.receive(listener, at: 0)
        #expect(try #require(self.connections.first).joinsBroadcasts)
    }

    @Test("when a proof becomes required, the most recently heard ports are proven")
    func otherProof() throws {
        let driven = try DrivenShards(limits: Limits(udpPortsPerConnection: 2))
        let listener = driven.listener(proof: .none)
        driven.registry.roster.streamHosts.arrived(IPAddress("192.0.2.1")!)
        for port in [1, 2, 3, 4, 1, 3, 3] { listener.receive(from: address("192.0.2.1", port: port)) }
        listener.use(listener.rendezvous, idleTimeout: .seconds(60), proof: .tcp)
        let proven = driven.shard.table.connections.filter(\.joinsBroadcasts).map(\.peer.port)
        #expect(Set(proven) == [1, 3])
    }

    @Test("a payload arrives as a record and is counted with its header")
    func framed() throws {
        let listener = self.driven.listener(
            service: TestService { run, connection in
                #expect(run.payloads == [[1]])
                #expect(run.datagramCount == 1)
                #expect(run.framing == .udp)
                connection.drop(run)
            }
        )
        self.receive(listener, at: 0)
        var expected = Traffic()
        expected.datagramsIn = 1
        expected.bytesIn = 3
        expected.datagramsDropped = 1
        #expect(try self.driven.counts().traffic == expected)
    }

    @Test("a connection that the program closed is reported, and a later datagram opens a new one")
    func closed() throws {
        let listener = self.driven.listener()
        self.receive(listener, at: 0)
        try #require(self.connections.first).close()
        self.driven.runTurns()
        #expect(self.lastEvent == .closed(self.id(1), .closedHere))
        self.receive(listener, at: 1)
        #expect(self.lastEvent == .opened(self.id(2)))
    }

    @Test("a datagram for a connection that closes in the same turn opens a new connection")
    func closedInThisTurn() throws {
        let taken = Locked<[ConnectionID]>([])
        let listener = self.driven.listener(
            service: TestService { _, connection in
                taken.withLock { $0.append(connection.id) }
                if connection.id.rawValue == 1 { connection.close(.kicked) }
            }
        )
        self.receive(listener, at: 0)
        self.receive(listener, at: 0)
        self.driven.runTurns()
        #expect(taken.withLock { $0 } == [self.id(1), self.id(2)])
        #expect(
            self.driven.events.all.withLock { $0 } == [
                .opened(self.id(1)), .closed(self.id(1), .kicked), .opened(self.id(2)),
            ]
        )
        #expect(self.connections.map(\.isOpen) == [true] && self.registry.count == 1)
    }

    @Test("datagrams that open no connection are counted by reason")
    func unadmitted() throws {
        let listener = self.driven.listener()
        self.receive(listener, at: 0)
        _ = listener.holdIfUnused()
        self.driven.runTurns()
        // The listener is in use, so it stayed open for new addresses.
        self.receive(listener, from: address("192.0.2.1", port: 8), at: 0)
        #expect(self.registry.count == 2 && listener.socket.counts.unadmitted == 0)
        listener.peer(address("192.0.2.1", port: 8))?.connection?.close()
        _ = listener.hold()
        self.driven.runTurns()
        self.receive(listener, from: address("192.0.2.1", port: 8), at: 0)
        #expect(self.registry.count == 1 && listener.socket.counts.unadmitted == 1)
        for peer in listener.table.peers.values { peer.connection?.close() }
        self.receive(listener, at: 0)
        #expect(listener.socket.counts.unadmitted == 2)
        _ = listener.accept()
        self.driven.runTurns()
        self.receive(listener, from: address("192.0.2.1", port: 0), at: 0)
        #expect(listener.socket.counts.unadmitted == 2 && listener.socket.counts.unanswerable == 1)
    }

    @Test("a datagram whose connection the service closes at its opening is lost and counted")
    func closedWhenOpened() throws {
        let listener = self.driven.listener(service: ClosingService())
        self.receive(listener, at: 0)
        self.driven.runTurns()
        #expect(listener.socket.counts.unadmitted == 1)
        #expect(self.lastEvent == .closed(self.id(1), .kicked) && self.connections.isEmpty)
    }

    @Test("ending a connection that has already ended does not end its successor")
    func successor() throws {
        let listener = self.driven.listener()
        self.receive(listener, at: 0)
        let old = try #require(listener.peer(Self.source))
        old.connection?.close(.kicked)
        // A sweep could have selected the old connection as idle or as excess in the same pass.
        listener.end(old, .idleTimeout)
        self.receive(listener, at: 1)
        self.driven.runTurns()
        #expect(
            self.driven.events.all.withLock { $0 } == [
                .opened(self.id(1)), .closed(self.id(1), .kicked), .opened(self.id(2)),
            ]
        )
        #expect(self.connections.map(\.isOpen) == [true])
        #expect(self.registry.count == 1)
    }

    @Test("a datagram received before the loop notices a stall does not make the idle timeout longer")
    func heardBeforeStallIsNoticed() throws {
        let listener = self.driven.listener()
        self.shard.tickClock(due: .seconds(1), at: .seconds(1))
        self.receive(listener, at: 101)
        self.shard.tickClock(due: .seconds(2), at: .seconds(102))
        listener.sweep(at: .seconds(102))
        #expect(self.shard.table.count == 1)
        listener.sweep(at: .seconds(161))
        #expect(self.shard.table.count == 1)
        listener.sweep(at: .seconds(162))
        #expect(self.shard.table.isEmpty)
    }

    @Test("a host without proven ports has room for the first one")
    func isFull() throws {
        let host = UDPHost(address: IPAddress("192.0.2.1")!)
        let listener = self.driven.listener()
        #expect(!host.isFull(provenPorts: 1))
        _ = host.add(UDPPeer(listener: listener, address: Self.source, host: host, now: .seconds(0)))
        #expect(host.isFull(provenPorts: 1))
        #expect(!host.isFull(provenPorts: 2))
    }

    @Test("while the read gate is shut the socket is not read, and reading continues when the gate opens")
    func gate() throws {
        let listener = self.driven.listener()
        #expect(listener.admitsDatagram())
        self.shard.readGate.block(at: .seconds(0))
        #expect(!listener.admitsDatagram())
        self.shard.readGate.unblock(at: .seconds(0))
        #expect(self.shard.readGate.takeWaiting().contains { $0 === listener })
        #expect(listener.admitsDatagram())
    }

    @Test("a shutdown closes UDP connections at once and accepts no more datagrams")
    func shutdown() throws {
        let listener = self.driven.listener()
        self.receive(listener, at: 0)
        self.shard.stopTakingDatagrams()
        #expect(!listener.admitsDatagram())
        let finished = Answer<Void>()
        self.shard.finishConnections(drain: .seconds(60), finished)
        self.driven.runTurns()
        try finished.wait()
        #expect(
            self.driven.events.all.withLock { $0 } == [
                .opened(self.id(1)), .closed(self.id(1), .shutdown),
            ]
        )
    }
}

/// A service that closes each connection when it opens.
private final class ClosingService: ServiceProvider, Service {
    func makeService(eventLoopIndex: Int) -> any Service { self }
    func opened(_ connection: Connection) { connection.close(.kicked) }
    func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int { run.bytes.count }
}
