import NIOCore
import NIOEmbedded
import Testing
import Wire

@testable import PandaNet

/// What happens to connections of a UDP listener without a socket as time passes.
@Suite("UDP sweeping")
struct UDPSweepTests {
    private static let part = Shard.sweepClosesMax
    private static let timeout = Duration.seconds(60)

    private let shard: Shard
    private let loop: EmbeddedEventLoop
    private let registry: ConnectionRegistry
    private let observer = LimitObserver()
    private let listener: UDPListener

    init() {
        let limits = Limits(datagramsPerSecond: 3)
        (self.shard, self.loop) = Shard.embedded(limits: limits)
        self.shard.use(.two)
        self.registry = ConnectionRegistry(shards: [self.shard], limits: limits)
        let rendezvous = Rendezvous(transport: .udp)
        self.listener = UDPListener(
            rendezvous: rendezvous,
            idleTimeout: Self.timeout,
            proof: .none,
            shard: self.shard,
            origin: ConnectionOrigin(
                rendezvous: rendezvous,
                registry: self.registry,
                receiver: Receiver.echo,
                observer: self.observer
            )
        )
    }

    private func receive(fromPort port: Int) throws {
        let source = try SocketAddress(ipAddress: "192.0.2.1", port: port)
        [UInt8(1)].withUnsafeBytes { self.listener.datagramReceived($0, from: source, to: nil) }
    }

    private var open: Int { self.shard.table.count }

    @Test("thousands that are idle end a part at a time, each of them once and with the limit that it passed")
    func parts() throws {
        for port in 1...250 { try self.receive(fromPort: port) }
        self.loop.advanceTime(by: TimeAmount(Self.timeout))
        self.listener.sweep(at: self.loop.now)
        #expect(self.open == 250 - Self.part)
        // Another look has to wait for the first.
        self.listener.sweep(at: self.loop.now)
        #expect(self.open == 250 - Self.part)
        self.loop.advanceTime(by: Shard.sweepPause)
        #expect(self.open == 250 - 2 * Self.part)
        self.loop.advanceTime(by: Shard.sweepPause)
        #expect(self.open == 0)
        #expect(self.observer.limits.withLock { $0 } == Array(repeating: .idleTimeout, count: 250))
        #expect(self.shard.counts().exceeded == [.idleTimeout: 250])
        #expect(self.shard.losses == DatagramLosses())
        #expect(self.registry.count == 0)
    }

    @Test("one that sends, or has ended and come back, before its turn to end has come is left alone")
    func late() throws {
        for port in 1...250 { try self.receive(fromPort: port) }
        self.loop.advanceTime(by: TimeAmount(Self.timeout))
        self.listener.sweep(at: self.loop.now)
        let (heard, closed) = (self.shard.table.connections[0], self.shard.table.connections[1])
        closed.close()
        self.shard.sendAll()
        for port in [heard.peer.port, closed.peer.port] { try self.receive(fromPort: port) }
        self.loop.advanceTime(by: Shard.sweepPause * 3)
        #expect(Set(self.shard.table.connections.map(\.peer.port)) == [heard.peer.port, closed.peer.port])
        #expect(heard.isOpen && !closed.isOpen)
    }

    @Test("what comes beyond a rate is lost and ends nothing")
    func rate() throws {
        for _ in 1...5 { try self.receive(fromPort: 1) }
        #expect(self.open == 1)
        #expect(self.shard.losses.limits == [.datagramsPerSecond: 2])
    }
}

/// Keeps the limit that each connection passed that has ended.
private final class LimitObserver: ConnectionObserver {
    let limits = Locked<[ConnectionLimit?]>([])

    func connectionOpened(_ connection: Connection) {}
    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        self.limits.withLock { $0.append(connection.exceededLimit) }
    }
    func connectionRefused(peer: NetAddress?, rendezvous: Rendezvous, reason: RefusalReason) {}
    func acceptFailed(rendezvous: Rendezvous, errorCode: CInt, isFatal: Bool) {}
}
