import Wire

@testable import Engine

/// A shard whose connections have no socket. Its event loop turns only on request.
struct StubShard {
    private let loop: EventLoop
    private let connections: [Connection]

    init(connectionCount: Int) {
        guard let loop = try? EventLoop(index: 0, clock: .driven) else {
            fatalError("no descriptors for an event loop")
        }
        let shard = Shard(loop: loop, limits: Limits())
        shard.use(.two)
        let origin = ConnectionOrigin(
            rendezvous: nil,
            roster: Roster(eventLoopCount: 1, limits: Limits()),
            service: NoService(),
            observers: []
        )
        self.loop = loop
        self.connections = (0..<connectionCount).map { index in
            let connection = Connection(
                id: ConnectionID(rawValue: UInt64(index + 1)),
                peerAddress: SocketAddress(.everyIPv4, port: 1),
                origin: origin,
                framing: .two,
                home: shard
            )
            // The stub ignores the descriptor.
            connection.transmitter = .socket(CInt(index))
            shard.opened(connection, joinsBroadcasts: true)
            return connection
        }
    }

    /// Runs one turn of the event loop, as if the first `publisherCount` connections had sent these frames.
    func turn(publisherCount: Int, _ frames: Frames, includingSender: Bool) {
        for publisher in self.connections.prefix(publisherCount) {
            frames.withRun { publisher.broadcast($0, includingSender: includingSender) }
        }
        self.loop.runTurn()
    }
}

/// A service for connections that receive no datagrams.
private struct NoService: ServiceProvider {
    private final class Nothing: Service {
        func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int { run.bytes.count }
    }

    func makeService(eventLoopIndex: Int) -> any Service { Nothing() }
}
