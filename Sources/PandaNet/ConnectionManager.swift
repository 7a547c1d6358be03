import NIOCore
import NIOPosix

/// Opens rendezvous sockets, owns the event loops and the connections on them, and closes all of it: the engine under
/// `QueuedConnectionManager`, for programs that handle datagrams on event loops, such as lobbyd.
///
/// `shutDown` has to be called before the last reference goes.
public final class ConnectionManager: Sendable {
    /// Its connections. Any thread.
    public let registry: ConnectionRegistry
    let lookups: NameLookups
    let group: MultiThreadedEventLoopGroup

    /// - Parameters:
    ///   - eventLoops: threads that move datagrams, at least 1.
    ///   - limits: what its connections are allowed.
    public convenience init(eventLoops: Int, limits: Limits = Limits()) {
        self.init(eventLoops: eventLoops, limits: limits, resolver: SystemNameResolver())
    }

    init(eventLoops: Int, limits: Limits, resolver: any NameResolver) {
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: eventLoops)
        self.registry = ConnectionRegistry(
            shards: self.group.makeIterator().map { Shard(eventLoop: $0, limits: limits) },
            limit: limits.connections
        )
        self.lookups = NameLookups(resolver: resolver, limit: limits.lookups)
    }

    /// Threads that a machine's processors can serve.
    public static var eventLoopsOfThisMachine: Int { System.coreCount }

    /// Opens a rendezvous socket for TCP and takes clients on it.
    ///
    /// - Returns: the open socket, or a failure that is a `RendezvousError`.
    public func openTCPServerRendezvous(
        _ rendezvous: Rendezvous,
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) -> EventLoopFuture<BoundRendezvous> {
        let listener = ConnectionListener(
            rendezvous: rendezvous,
            registry: self.registry,
            receiver: receiver,
            observer: observer
        )
        return self.registry.announce(rendezvous.header, on: self.group.next()).flatMap {
            listener.bind(on: self.group)
        }
    }

    /// Takes no more clients on a rendezvous socket. Those that are connected stay.
    public func closeRendezvous(_ rendezvous: BoundRendezvous) -> EventLoopFuture<Void> {
        rendezvous.close()
    }

    /// Takes no more datagrams, sends each connection what those that were taken brought it, and ends them all.
    ///
    /// Close the rendezvous sockets first. A peer is told by the end of its stream, and has until `lingerTime` later to end
    /// its own side.
    ///
    /// - Parameter drain: how long that may take in all; then every connection that is left is cut.
    public func closeConnections(drain: Duration) -> EventLoopFuture<Void> {
        let loop = self.group.next()
        let shards = self.registry.shards
        let stopped = shards.map { shard in shard.eventLoop.submit { shard.stopTakingDatagrams() } }
        return EventLoopFuture.andAllSucceed(stopped, on: loop).flatMap {
            let finished = shards.map { shard in
                shard.eventLoop.flatSubmit { shard.finishConnections(drain: TimeAmount(drain)) }
            }
            return EventLoopFuture.andAllSucceed(finished, on: loop)
        }
    }

    /// Calls `body` now and then again and again, on one of the event loops, until it is cancelled. It must not wait.
    public func `repeat`(every interval: Duration, _ body: @escaping @Sendable () -> Void) -> RepeatedTask {
        self.group.next().scheduleRepeatedTask(initialDelay: .zero, delay: TimeAmount(interval)) { _ in body() }
    }

    /// Calls `body` once, that much later, on one of the event loops. It must not wait.
    public func schedule<Result: Sendable>(
        after delay: Duration,
        _ body: @escaping @Sendable () throws -> Result
    ) -> Scheduled<Result> {
        self.group.next().scheduleTask(in: TimeAmount(delay), body)
    }

    /// Ends the event loops. The manager can't be used afterwards.
    public func shutDown() async throws {
        // They would take the end of their loops for an error, and come back.
        for shard in self.registry.shards {
            try await shard.eventLoop.flatSubmit { shard.closeUDPSockets() }.get()
        }
        try await self.group.shutdownGracefully()
        for shard in self.registry.shards { shard.join([]) }
    }
}
