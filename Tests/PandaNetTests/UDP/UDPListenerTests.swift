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
