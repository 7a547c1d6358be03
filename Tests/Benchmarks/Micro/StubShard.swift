import Wire

@testable import Engine

/// A shard whose connections have no socket, on a loop that turns when it is told to.
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
            registry: ConnectionRegistry(shards: [shard], limits: Limits()),
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
                shard: shard
            )
            // The stub does not look at the descriptor.
            connection.transmitter = .socket(CInt(index))
            shard.opened(connection, joinsBroadcasts: true)
            return connection
        }
    }

    /// What one turn of the loop does when so many connections have sent these frames.
    func turn(publisherCount: Int, _ frames: Frames, includingSender: Bool) {
        for publisher in self.connections.prefix(publisherCount) {
            frames.withRun { publisher.broadcast($0, includingSender: includingSender) }
        }
        self.loop.runTurn()
    }
}

/// The connections bring nothing.
private struct NoService: ServiceProvider {
    private final class Nothing: Service {
        func received(_ run: DatagramRun, from connection: Connection, partsMax: Int) -> Int { run.bytes.count }
    }

    func makeService(eventLoopIndex: Int) -> any Service { Nothing() }
}
