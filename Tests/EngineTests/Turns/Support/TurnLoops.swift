import Glibc
import Testing
import Wire

@testable import Engine

/// Event loops that the test drives on one thread, with connections whose kernel is a `RecordingSystem`.
final class TurnLoops {
    let system = RecordingSystem()
    let shards: [Shard]
    let registry: ConnectionRegistry
    let service: TurnService
    private let origin: ConnectionOrigin
    let sockets: [FakeUDPSocket]
    private var far: [CInt] = []

    init(
        _ count: Int = 1,
        limits: Limits = Limits(),
        coalesce: Duration = .zero,
        framings: [Framing] = [.two]
    ) throws {
        let everyone = Audience(eventLoops: count, isEveryone: true)
        let (pendingTotal, unfinishedTotal) = (ByteTotal(), ByteTotal())
        let system = self.system
        self.shards = try (0..<count).map { index in
            Shard(
                loop: try EventLoop(index: index, clock: .driven, system: system),
                limits: limits,
                coalesce: coalesce,
                everyone: everyone,
                pendingTotal: pendingTotal,
                unfinishedTotal: unfinishedTotal
            )
        }
        self.sockets = self.shards.map { _ in FakeUDPSocket() }
        for (shard, socket) in zip(self.shards, self.sockets) {
            for framing in framings { shard.use(framing) }
            shard.udpSockets = [socket]
        }
        self.registry = ConnectionRegistry(shards: self.shards, limits: limits)
        let provider = TurnServiceProvider()
        self.service = provider.service
        self.origin = ConnectionOrigin(rendezvous: nil, roster: self.registry.roster, service: provider, observers: [])
    }

    /// Breaks the reference cycle between sockets, connections and event loops.
    deinit {
        for shard in self.shards {
            for connection in shard.table.connections { connection.closeTransport() }
            shard.loop.stop()
        }
        for descriptor in self.far { Glibc.close(descriptor) }
    }

    var shard: Shard { self.shards[0] }

    var loop: EventLoop { self.shards[0].loop }

    /// Opens a connection on a real socket, or over UDP. Its output goes to `system` or to a `FakeUDPPeer`.
    func connect(_ framing: Framing = .two, on loop: Int = 0, joinsBroadcasts: Bool = true) throws -> Player {
        let shard = self.shards[loop]
        guard framing != .udp else { return self.connectUDP(shard, joinsBroadcasts) }
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        self.far.append(ends[1])
        try #require(self.registry.roster.admission.admitOwn())
        let connection = try #require(
            shard.openStream(ends[0], peer: Self.address, origin: self.origin, framing: framing)
        )
        connection.joinsBroadcasts = joinsBroadcasts
        return Player(connection, self.system, descriptor: ends[0], farEnd: ends[1])
    }

    private func connectUDP(_ shard: Shard, _ joinsBroadcasts: Bool) -> Player {
        let connection = self.newConnection(.udp, on: shard)
        let peer = FakeUDPPeer(self.sockets[shard.index])
        peer.connection = connection
        connection.transmitter = .datagrams(peer)
        shard.opened(connection, joinsBroadcasts: joinsBroadcasts)
        return Player(connection, self.system, peer: peer)
    }

    static let crowdDescriptorsBegin: CInt = 1_000_000

    /// Makes connections without sockets. Only `system` knows their descriptors, so their number has no limit.
    func crowd(_ count: Int, _ framing: Framing = .two, on loop: Int = 0) -> [Player] {
        let shard = self.shards[loop]
        return (0..<count).map { _ in
            let connection = self.newConnection(framing, on: shard)
            let descriptor = Self.crowdDescriptorsBegin + CInt(connection.id.rawValue)
            connection.transmitter = .socket(descriptor)
            shard.opened(connection, joinsBroadcasts: true)
            return Player(connection, self.system, descriptor: descriptor)
        }
    }

    private func newConnection(_ framing: Framing, on shard: Shard) -> Connection {
        let id = self.registry.roster.nextID()
        return Connection(id: id, peerAddress: Self.address, origin: self.origin, framing: framing, home: shard)
    }

    private static let address = SocketAddress(IPAddress(.ipv4, 0x7F00_0001), port: 9099)

    /// Runs all event loops until they are idle, without advancing time.
    func run() {
        for _ in 1...3 { for shard in self.shards { shard.loop.runTurns() } }
    }

    /// Advances time on all event loops in steps of 1 ms, and runs them.
    func advance(milliseconds: Int) {
        for _ in 0..<milliseconds {
            for shard in self.shards { shard.loop.advance(by: .milliseconds(1)) }
            self.run()
        }
    }
}

/// A service for all event loops that passes each run to a closure.
// @unchecked: only the test's thread uses it.
final class TurnService: Service, @unchecked Sendable {
    var received: (DatagramRun, Connection) -> Void = { _, _ in }

    func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int {
        self.received(run, connection)
        return run.bytes.count
    }
}

private struct TurnServiceProvider: ServiceProvider {
    let service = TurnService()

    func makeService(eventLoopIndex: Int) -> any Service { self.service }
}

/// A connection and the output that reaches its other end.
final class Player {
    let connection: Connection
    let descriptor: CInt
    private let system: RecordingSystem
    private let peer: FakeUDPPeer?
    private let farEnd: CInt

    init(
        _ connection: Connection,
        _ system: RecordingSystem,
        descriptor: CInt = -1,
        farEnd: CInt = -1,
        peer: FakeUDPPeer? = nil
    ) {
        (self.connection, self.system, self.descriptor) = (connection, system, descriptor)
        (self.farEnd, self.peer) = (farEnd, peer)
    }

    var framing: Framing { self.connection.framing }

    // MARK: Sending

    func echo(_ payloads: UInt8...) { self.send(payloads.map { [$0] }, to: self) }

    func echo(_ payloads: [[UInt8]]) { self.send(payloads, to: self) }

    func send(_ payloads: UInt8..., to other: Player) { self.send(payloads.map { [$0] }, to: other) }

    func send(_ payloads: [[UInt8]], to other: Player) {
        withRun(payloads, self.framing) { run in
            if other === self { self.connection.send(run) } else { self.connection.send(run, to: other.connection.id) }
        }
    }

    func broadcast(_ payloads: UInt8..., includingSender: Bool = true) {
        self.broadcast(payloads.map { [$0] }, includingSender: includingSender)
    }

    func broadcast(_ payloads: [[UInt8]], includingSender: Bool = true) {
        withRun(payloads, self.framing) { self.connection.broadcast($0, includingSender: includingSender) }
    }

    func send(_ payloads: UInt8..., to audience: Audience, includingSender: Bool = true) {
        withRun(payloads.map { [$0] }, self.framing) {
            self.connection.send($0, to: audience, includingSender: includingSender)
        }
    }

    func join(_ audience: Audience) { self.connection.shard.join(self.connection, audience) }

    func leave(_ audience: Audience) { self.connection.shard.leave(self.connection, audience) }

    // MARK: The other end

    /// Returns and forgets the bytes of each write.
    func takeSends() -> [[UInt8]] { self.peer?.takeSends() ?? self.system.takeSends(self.descriptor) }

    /// Returns and forgets all bytes.
    func takeReceived() -> [UInt8] { self.takeSends().reduce(into: []) { $0 += $1 } }

    /// Returns and forgets the one-byte payloads of each write; 255 stands for a longer payload.
    func takeWrites() -> [[UInt8]] {
        self.takeSends().map { $0.payloads(self.framing).map { $0.count == 1 ? $0[0] : 255 } }
    }

    /// Sends whole frames to the connection's socket.
    func bring(_ payloads: UInt8...) {
        let bytes = framed(payloads.map { [$0] }, self.framing)
        #expect(Glibc.send(self.farEnd, bytes, bytes.count, 0) == bytes.count)
    }
}
