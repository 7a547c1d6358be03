import EngineSupport
import Testing
import Wire

@testable import Engine

/// A shard with connections, on an event loop that the test runs turn by turn.
struct TestShard {
    let loop: EventLoop
    let shard: Shard
    let origin: ConnectionOrigin
    let events = Events()

    init(
        _ service: TestService = .echo,
        limits: Limits = Limits(),
        coalesce: Duration = .zero,
        system: SystemCalls = .real
    ) throws {
        self.loop = try EventLoop(index: 0, clock: .driven, system: system)
        self.shard = Shard(loop: self.loop, limits: limits, coalesce: coalesce)
        self.shard.use(.two)
        self.origin = ConnectionOrigin(
            rendezvous: nil,
            roster: Roster(eventLoopCount: 1, limits: limits),
            service: service,
            observers: [self.events]
        )
    }

    /// Makes a connection without a socket, outside the shard's table.
    func connection(_ id: UInt64, framing: Framing = .two) -> Connection {
        Connection(
            id: ConnectionID(rawValue: id),
            peerAddress: Self.localhost(port: Int(id)),
            origin: self.origin,
            framing: framing,
            home: self.shard
        )
    }

    /// Makes connections with ids from 1 on, in the shard's table. Their descriptor is -1, so only `SystemCalls` sees
    /// their output.
    func connections(_ count: Int) -> [Connection] {
        (1...UInt64(count)).map { id in
            let connection = self.connection(id)
            connection.transmitter = .socket(-1)
            self.shard.opened(connection, joinsBroadcasts: true)
            return connection
        }
    }

    /// Opens a connection and returns it with the peer at the other end.
    func open(
        _ listener: PeerListener,
        framing: Framing = .two,
        receiveBufferBytes: CInt? = nil
    ) throws -> (peer: Peer, connection: Connection) {
        let (peer, descriptor) = try listener.connection(framing: framing, receiveBufferBytes: receiveBufferBytes)
        return (peer, try self.open(descriptor, framing))
    }

    /// Opens a connection on one end of a pair.
    func open(_ pair: SocketPair) throws -> Connection { try self.open(pair.take(), .two) }

    private func open(_ descriptor: CInt, _ framing: Framing) throws -> Connection {
        try #require(self.origin.roster.admission.admitOwn())
        return try #require(
            self.shard.openStream(
                descriptor,
                peer: Self.localhost(port: 1),
                origin: self.origin,
                framing: framing
            )
        )
    }

    /// Ends a connection that has no socket.
    func end(_ connection: Connection, _ reason: CloseReason) {
        connection.state = .closing(reason)
        self.shard.ended(connection)
    }

    /// Returns the counts of a table small enough to be counted in one step.
    func counts() throws -> ConnectionCounts {
        precondition(self.shard.table.count <= Shard.visitsPerTurn, "counts that take more than one step")
        return try self.shard.countInSteps().wait()
    }

    private static func localhost(port: Int) -> SocketAddress {
        guard let ip = IPAddress("127.0.0.1") else { preconditionFailure("127.0.0.1 is no address") }
        return SocketAddress(ip, port: port)
    }
}

extension Connection {
    /// Sends payloads as one run.
    func send(_ payloads: [UInt8]...) {
        payloads.flatMap { frame($0, self.framing) }.withUnsafeBytes {
            self.send(DatagramRun(bytes: $0, datagramCount: payloads.count, framing: self.framing))
        }
    }
}

extension Framing {
    /// The framings of stream transports.
    static let streams: [Framing] = [.two, .four]
}
