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
    /// What clients can't take, once there is a rendezvous socket for them.
    private let reserve = DescriptorReserve()

    /// - Parameters:
    ///   - eventLoops: threads that move datagrams, at least 1.
    ///   - limits: what its connections are allowed.
    ///   - coalesce: how long broadcasts may wait for others to go with them in one write; zero: until the end of the event
    ///     loop's turn.
    public convenience init(eventLoops: Int, limits: Limits = Limits(), coalesce: Duration = .zero) {
        self.init(eventLoops: eventLoops, limits: limits, coalesce: coalesce, resolver: SystemNameResolver())
    }

    init(eventLoops: Int, limits: Limits, coalesce: Duration = .zero, resolver: any NameResolver) {
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: eventLoops)
        let (pendingTotal, unfinishedTotal) = (ByteTotal(), ByteTotal())
        self.registry = ConnectionRegistry(
            shards: self.group.makeIterator().enumerated().map { index, eventLoop in
                Shard(
                    eventLoop: eventLoop,
                    index: index,
                    limits: limits,
                    coalesce: coalesce,
                    pendingTotal: pendingTotal,
                    unfinishedTotal: unfinishedTotal
                )
            },
            limits: limits
        )
        self.lookups = NameLookups(resolver: resolver, limit: limits.lookups)
        for shard in self.registry.shards { shard.pipe.open() }
    }

    /// Its event loops: each connection lives on one of them.
    public var eventLoops: [any EventLoop] { self.registry.shards.map(\.eventLoop) }

    /// Threads that a machine's processors can serve.
    public static var eventLoopsOfThisMachine: Int { System.coreCount }

    /// Opens a rendezvous socket for TCP and takes clients on it.
    ///
    /// - Parameters:
    ///   - rendezvous: its transport is TCP.
    ///   - inherited: a TCP socket that listens already and is used instead of a new one, with the rendezvous's backlog. It is
    ///     not closed: close it, or keep it for the next time, after `closeRendezvous`. When the system closes the engine's
    ///     copy, a further one is made.
    ///   - isHeld: it takes no clients before `acceptClients`; those that come wait with the system.
    ///   - holders: open sockets on the same port that may be in its way, to be closed afterwards.
    ///   - receiver: gets the connections' datagrams.
    ///   - observer: is told of each connection's opening and end, once each.
    /// - Returns: the open socket, or a failure that is a `RendezvousError`.
    public func openTCPServerRendezvous(
        _ rendezvous: Rendezvous,
        inherited: CInt? = nil,
        isHeld: Bool = false,
        replacing holders: [BoundRendezvous] = [],
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) -> EventLoopFuture<BoundRendezvous> {
        let socket = RendezvousSocket(
            ConnectionListener(
                rendezvous: rendezvous,
                registry: self.registry,
                receiver: receiver,
                observer: observer
            ),
            inherited: inherited.map(InheritedDescriptor.init(descriptor:)),
            isHeld: isHeld,
            reserve: self.reserve,
            shard: self.registry.shard(of: self.group.next()),
            group: self.group
        )
        let sharing = PortSharing(holders: holders, eventLoop: socket.eventLoop)
        return self.registry.announce(rendezvous.header, on: socket.eventLoop).flatMap {
            sharing.opening { socket.open(isSharing: !holders.isEmpty) }
        }
    }

    /// The backlog that the system keeps for a rendezvous socket: Linux cuts it at `net.core.somaxconn`.
    ///
    /// - Returns: nil over UDP, and while the socket is not open.
    public func backlogInForce(of rendezvous: BoundRendezvous) -> EventLoopFuture<Int?> {
        switch rendezvous.socket {
        case .tcp(let socket): socket.pipe.submit { socket.backlogInForce }
        case .udp: self.group.next().makeSucceededFuture(nil)
        }
    }

    /// Takes clients on a rendezvous socket that is held.
    public func acceptClients(on rendezvous: BoundRendezvous) -> EventLoopFuture<Void> {
        rendezvous.accept()
    }

    /// Takes no more clients on a rendezvous socket. Those that are connected stay, and over UDP the socket with them.
    public func closeRendezvous(_ rendezvous: BoundRendezvous) -> EventLoopFuture<Void> {
        rendezvous.close()
    }

    /// The same, once the clients that wait with the system are accepted, as far as there are places for them.
    ///
    /// - Parameter isSucceeded: another socket is open on its port, for those that come meanwhile.
    public func retireRendezvous(_ rendezvous: BoundRendezvous, isSucceeded: Bool = false) -> EventLoopFuture<Void> {
        rendezvous.retire(isSucceeded: isSucceeded)
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
        let stopped = shards.map { shard in shard.pipe.submit { shard.stopTakingDatagrams() } }
        return EventLoopFuture.andAllSucceed(stopped, on: loop).flatMap {
            let finished = shards.map { shard in
                shard.pipe.flatSubmit { shard.finishConnections(drain: TimeAmount(drain)) }
            }
            return EventLoopFuture.andAllSucceed(finished, on: loop)
        }
    }

    /// - Returns: when every event loop has come by: none of them hangs. Any thread.
    public func answersOfEventLoops() -> EventLoopFuture<Void> {
        EventLoopFuture.andAllSucceed(self.registry.shards.map { $0.pipe.submit {} }, on: self.group.next())
    }

    /// Calls `body` now and then again and again, on one of the event loops, until it is cancelled. It must not wait.
    public func `repeat`(every interval: Duration, _ body: @escaping @Sendable () -> Void) -> RepeatedTask {
        self.group.next().scheduleRepeatedTask(initialDelay: .zero, delay: TimeAmount(interval)) { _ in body() }
    }

    /// Calls `body` once, soon, on the first of `eventLoops`, which handles its sockets before. It must not wait. Any thread.
    package func post(_ body: @escaping @Sendable () -> Void) {
        self.registry.shards[0].pipe.post(body)
    }

    /// Ends the event loops. The manager can't be used afterwards.
    public func shutDown() async throws {
        // They would take the end of their loops for an error, and come back.
        for waiter in self.registry.admission.waiters {
            try await (waiter as? RendezvousSocket)?.close().get()
        }
        for shard in self.registry.shards {
            // Held input would go on, a part at a time, while the loops end.
            try await shard.pipe.submit { shard.stopTakingDatagrams() }.get()
            try await shard.pipe.flatSubmit { shard.closeUDPSockets() }.get()
        }
        try await self.group.shutdownGracefully()
        for shard in self.registry.shards { shard.join([]) }
    }
}
