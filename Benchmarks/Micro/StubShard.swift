import NIOEmbedded
import Wire

@testable import PandaNet

/// A shard whose connections have no channel, on a loop that turns when it is told to.
struct StubShard {
    private let loop = EmbeddedEventLoop()
    private let shard: Shard
    private let connections: [Connection]

    init(connectionCount: Int) {
        let shard = Shard(eventLoop: self.loop, limits: Limits())
        shard.use(.two)
        self.shard = shard
        let openedAt = self.loop.now
        self.connections = (0..<connectionCount).map { index in
            let connection = Connection(
                id: ConnectionID(rawValue: UInt64(index + 1)),
                peer: NetAddress(host: "127.0.0.1", port: 1),
                rendezvous: nil,
                header: .two,
                openedAt: openedAt,
                shard: shard
            )
            // Any number that is not -1: the stub does not look at it.
            connection.descriptor = CInt(index)
            shard.opened(connection)
            return connection
        }
    }

    /// What one turn of the loop does when so many connections have sent these frames.
    func turn(publisherCount: Int, _ frames: Frames, includingSender: Bool) {
        for publisher in self.connections.prefix(publisherCount) {
            frames.withRun { publisher.broadcast($0, includingSender: includingSender) }
        }
        self.loop.run()
    }
}
