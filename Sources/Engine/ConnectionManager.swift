import Synchronization

/// Opens rendezvous sockets, owns the event loops and the connections on them, and closes all of it: the engine under
/// `QueuedConnectionManager`, for programs that handle datagrams on event loops, such as lobbyd.
///
/// `shutDown` has to be called before the last reference goes.
public final class ConnectionManager: Sendable {
    /// Its connections. Any thread.
    public let registry: ConnectionRegistry
    let lookups: NameLookups
    let dials = ClientDials()
    let openings: OpeningTables
    /// The other ends of the connections over UDP.
    let udpHosts = UDPHosts()
    /// Where this program has UDP sockets.
    let udpPorts = UDPPortCensus()
    /// What clients can't take, once there is a rendezvous socket for them.
    private let reserve = DescriptorReserve()
    private let lastShard = Atomic<Int>(0)

    /// - Parameters:
    ///   - eventLoops: threads that move datagrams, at least 1.
    ///   - limits: what its connections are allowed.
    ///   - coalesce: how long broadcasts may wait for others to go with them in one write; zero: until the end of the event
    ///     loop's turn.
    /// - Precondition: the system has the threads, and the descriptors of `EngineNeeds`.
    public convenience init(eventLoops: Int, limits: Limits = Limits(), coalesce: Duration = .zero) {
        self.init(eventLoops: eventLoops, limits: limits, coalesce: coalesce, resolver: SystemNameResolver())
    }

    init(
        eventLoops: Int,
        limits: Limits,
        coalesce: Duration = .zero,
        resolver: any NameResolver,
        system: SystemCalls = .real
    ) {
        precondition(eventLoops > 0, "a manager without an event loop")
        let (pendingTotal, unfinishedTotal) = (ByteTotal(), ByteTotal())
        let everyone = Audience(eventLoops: eventLoops, isEveryone: true)
        do throws(SystemError) {
            var shards: [Shard] = []
            for index in 0..<eventLoops {
                shards.append(
                    Shard(
                        loop: try EventLoop(index: index, system: system),
                        limits: limits,
                        coalesce: coalesce,
                        everyone: everyone,
                        pendingTotal: pendingTotal,
                        unfinishedTotal: unfinishedTotal
                    )
                )
            }
            self.registry = ConnectionRegistry(shards: shards, limits: limits)
            for shard in shards { try shard.loop.start() }
        } catch {
            fatalError("The system has not enough for \(eventLoops) event loops: \(error)")
        }
        self.lookups = NameLookups(resolver: resolver, limit: limits.lookups)
        self.openings = OpeningTables(count: eventLoops)
    }

    /// How many event loops it has: each connection lives on one of them.
    public var eventLoopCount: Int { self.registry.shards.count }

    /// Threads that this machine's processors can serve, as far as the process may use them.
    public static var eventLoopsOfThisMachine: Int { ProcessorCount.ofThisProcess }

    /// The shards take turns.
    func nextShard() -> Shard {
        let count = self.lastShard.wrappingAdd(1, ordering: .relaxed).newValue
        return self.registry.shards[(count - 1) % self.registry.shards.count]
    }

    /// Opens a rendezvous socket for TCP and takes clients on it.
    ///
    /// - Parameters:
    ///   - rendezvous: its transport is TCP.
    ///   - inherited: a TCP socket that listens already and is used instead of a new one, with the rendezvous's backlog. It is
    ///     not closed: close it, or keep it for the next time, after `closeRendezvous`. When the engine's copy is lost, a
    ///     further one is made.
    ///   - isHeld: it takes no clients before `acceptClients`; those that come wait with the system.
    ///   - holders: open sockets on the same port that may be in its way, to be closed afterwards.
    ///   - service: gets the connections' datagrams.
    ///   - observers: are told of each connection's opening and end, once each.
    /// - Returns: the open socket, or a failure that is a `RendezvousError`.
    public func openTCPServerRendezvous(
        _ rendezvous: Rendezvous,
        inherited: CInt? = nil,
        isHeld: Bool = false,
        replacing holders: [BoundRendezvous] = [],
        service: any ServiceProvider,
        observers: [any ConnectionObserver] = []
    ) -> Answer<BoundRendezvous> {
        self.openTCPServerRendezvous(
            rendezvous,
            inherited: inherited,
            isHeld: isHeld,
            replacing: holders,
            opening: nil,
            service: service,
            observers: observers
        )
    }

    /// The same for streams that pass an opening before they are connections.
    ///
    /// - Parameter opening: begins the opening of a client that comes from an address; nil where an accepted socket is a
    ///   connection at once.
    func openTCPServerRendezvous(
        _ rendezvous: Rendezvous,
        inherited: CInt? = nil,
        isHeld: Bool = false,
        replacing holders: [BoundRendezvous] = [],
        opening: (@Sendable (SocketAddress) -> any Opening)?,
        service: any ServiceProvider,
        observers: [any ConnectionObserver] = []
    ) -> Answer<BoundRendezvous> {
        let listener = Listener(
            ConnectionOrigin(
                rendezvous: rendezvous,
                roster: self.registry.roster,
                service: service,
                observers: observers
            ),
            registry: self.registry,
            inherited: inherited.map(InheritedDescriptor.init(descriptor:)),
            isHeld: isHeld,
            reserve: self.reserve,
            shard: self.nextShard(),
            openings: opening.map { Openings(tables: self.openings, make: $0) }
        )
        let sharing = PortSharing(holders: holders)
        return self.registry.announce([rendezvous.framing]).flatMap { _ in
            sharing.opening {
                listener.open(isSharing: !holders.isEmpty).map {
                    BoundRendezvous(rendezvous: rendezvous, address: $0, socket: .tcp(listener))
                }
            }
        }
    }

    /// The backlog that the system keeps for a rendezvous socket: Linux cuts it at `net.core.somaxconn`.
    ///
    /// - Returns: nil over UDP, and while the socket is not open.
    public func backlogInForce(of rendezvous: BoundRendezvous) -> Answer<Int?> {
        switch rendezvous.socket {
        case .tcp(let listener): listener.loop.submit { listener.backlogInForce }
        case .udp: Answer(nil)
        }
    }

    /// Takes clients on a rendezvous socket that is held.
    public func acceptClients(on rendezvous: BoundRendezvous) -> Answer<Void> { rendezvous.accept() }

    /// Takes no more clients on a rendezvous socket. Those that are connected stay, and over UDP the socket with them.
    public func closeRendezvous(_ rendezvous: BoundRendezvous) -> Answer<Void> { rendezvous.close() }

    /// The same, once the clients that wait with the system are accepted, as far as there are places for them.
    ///
    /// - Parameter isSucceeded: another socket is open on its port, for those that come meanwhile.
    public func retireRendezvous(_ rendezvous: BoundRendezvous, isSucceeded: Bool = false) -> Answer<Void> {
        rendezvous.retire(isSucceeded: isSucceeded)
    }

    /// Takes no more datagrams, sends each connection what those that were taken brought it, and ends them all.
    ///
    /// Close the rendezvous sockets first. A peer is told by the end of its stream, and has until `lingerTime` later to end
    /// its own side.
    ///
    /// - Parameter drain: how long that may take in all; then every connection that is left is cut.
    public func closeConnections(drain: Duration) -> Answer<Void> {
        let stopped = self.registry.shards.map { shard in
            shard.loop.submit {
                self.openings[shard].endAll()
                shard.stopTakingDatagrams()
            }
        }
        return Answer.all(stopped).flatMap { _ in
            let finished = self.registry.shards.map { shard in
                shard.loop.ask { answer in shard.finishConnections(drain: drain, answer) }
            }
            return Answer.all(finished).map { _ in }
        }
    }

    /// - Returns: when every event loop has come by: none of them hangs. Any thread.
    public func answersOfEventLoops() -> Answer<Void> {
        Answer.all(self.registry.shards.map { shard in shard.loop.submit {} }).map { _ in }
    }

    /// Calls `body` now and then again and again, on one of the event loops, until it is cancelled. It must not wait.
    ///
    /// - Parameter interval: from the end of one call to the next.
    @discardableResult
    public func `repeat`(every interval: Duration, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        let work = ScheduledWork(on: self.nextShard().loop)
        work.begin(after: .zero, every: interval, body)
        return work
    }

    /// Calls `body` once, soon, on the first event loop, which handles its sockets before. It must not wait. Any thread.
    package func post(_ body: @escaping @Sendable () -> Void) {
        self.registry.shards[0].loop.post(body)
    }

    /// Calls `body` once, after a while, on the first event loop, unless it is cancelled. It must not wait. Any thread.
    package func post(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        let work = ScheduledWork(on: self.registry.shards[0].loop)
        work.begin(after: delay, every: nil, body)
        return work
    }

    /// Ends the event loops. The manager can't be used afterwards.
    public func shutDown() async throws {
        self.dials.end()
        for waiter in self.registry.roster.admission.waiters {
            try await (waiter as? Listener)?.close().get()
        }
        for shard in self.registry.shards {
            // Held input would go on, a part at a time, while the loops end.
            let sockets = try await shard.loop.submit {
                self.openings[shard].endAll()
                shard.stopTakingDatagrams()
                return shard.udpSockets.compactMap { $0 as? UDPSocket }
            }.get()
            for socket in sockets { try await socket.close().get() }
        }
        for shard in self.registry.shards { shard.loop.stop() }
        for shard in self.registry.shards { shard.join([]) }
    }
}

/// Work that an event loop does later, once or again and again. Any thread.
// @unchecked: `timer` belongs to `loop` and is touched only there.
public final class ScheduledWork: @unchecked Sendable {
    private let loop: EventLoop
    private let isCancelled = Atomic<Bool>(false)
    private var timer: Timer?

    fileprivate init(on loop: EventLoop) {
        self.loop = loop
    }

    /// No call begins after this one, but for one that another thread is about to make. Once or more often.
    public func cancel() {
        guard !self.isCancelled.exchange(true, ordering: .relaxed) else { return }
        self.loop.post {
            self.loop.cancel(self.timer)
            self.timer = nil
        }
    }

    /// - Parameter interval: nil where it is done once.
    fileprivate func begin(after delay: Duration, every interval: Duration?, _ body: @escaping @Sendable () -> Void) {
        self.loop.post { self.schedule(after: delay, every: interval, body) }
    }

    private func schedule(after delay: Duration, every interval: Duration?, _ body: @escaping @Sendable () -> Void) {
        guard !self.isCancelled.load(ordering: .relaxed) else { return }
        self.timer = self.loop.schedule(after: delay) {
            guard !self.isCancelled.load(ordering: .relaxed) else { return }
            self.timer = nil
            body()
            if let interval { self.schedule(after: interval, every: interval, body) }
        }
    }
}
