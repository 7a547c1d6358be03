import NIOCore
import NIOPosix

/// Opens rendezvous sockets, owns the event loops and the connections on them, and closes all of it.
public final class ConnectionManager: Sendable {
    public let registry: ConnectionRegistry
    private let group: MultiThreadedEventLoopGroup

    /// - Parameter eventLoops: threads that move datagrams, at least 1.
    public init(eventLoops: Int, limits: Limits = Limits()) {
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: eventLoops)
        self.registry = ConnectionRegistry(
            shards: self.group.makeIterator().map { Shard(eventLoop: $0, limits: limits) },
            limit: limits.connections
        )
    }

    /// Threads that a machine's processors can serve.
    public static var eventLoopsOfThisMachine: Int { System.coreCount }

    /// Opens a rendezvous socket for TCP and takes clients on it.
    ///
    /// - Throws: `RendezvousError`.
    public func openTCPServerRendezvous(
        _ rendezvous: Rendezvous,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) async throws(RendezvousError) -> BoundRendezvous {
        // Each loop does it before it opens a connection that this listener accepts.
        for shard in self.registry.shards { shard.eventLoop.execute { shard.use(rendezvous.header) } }
        let listener = ConnectionListener(
            rendezvous: rendezvous,
            registry: self.registry,
            receiver: receiver,
            observer: observer
        )
        return try await listener.bind(on: self.group)
    }

    /// Takes no more clients on a rendezvous socket. Those that are connected stay.
    public func closeRendezvous(_ rendezvous: BoundRendezvous) async {
        await rendezvous.close()
    }

    /// Takes no more datagrams, sends each connection what those that were taken brought it, and ends them all.
    ///
    /// Close the rendezvous sockets first. A peer is told by the end of its stream, and has until `lingerTime` later to end
    /// its own side.
    ///
    /// - Parameter drain: how long that may take in all; then every connection that is left is cut.
    public func closeConnections(drain: Duration) async throws {
        for shard in self.registry.shards {
            try await shard.eventLoop.submit { shard.stopTakingDatagrams() }.get()
        }
        let finished = self.registry.shards.map { shard in
            shard.eventLoop.flatSubmit { shard.finishConnections(drain: TimeAmount(drain)) }
        }
        for future in finished { try await future.get() }
    }

    /// Ends the event loops. The manager can't be used afterwards.
    public func shutDown() async throws {
        try await self.group.shutdownGracefully()
    }
}
