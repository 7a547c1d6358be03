import Synchronization

/// Opens rendezvous sockets and owns the event loops and connections: the engine under `QueuedConnectionManager`.
///
/// It is for programs that handle datagrams on event loops, such as lobbyd. Call `shutDown` before you release the last
/// reference.
public final class ConnectionManager: Sendable {
    /// The manager's connections. Any thread.
    public let registry: ConnectionRegistry
    let lookups: NameLookups
    let dials = ClientDials()
    let openings: OpeningTables
    /// The IP addresses of the UDP connections.
    let udpHosts = UDPHosts()
    /// The ports of the manager's UDP sockets.
    let udpPorts = UDPPortCensus()
    /// Descriptors that clients cannot take. Listeners fill the reserve when they open.
    private let reserve = DescriptorReserve()
    private let lastShard = Atomic<Int>(0)

    /// - Parameters:
    ///   - eventLoops: the number of event loops, each with its own thread; at least 1.
    ///   - limits: the limits for all connections.
    ///   - coalesce: how long a broadcast may wait to be sent together with others in one write. Zero waits only until
    ///     the end of the event loop's turn.
    /// - Precondition: the system has enough threads, and the descriptors that `EngineNeeds` counts.
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
            fatalError("The system is out of threads or descriptors for \(eventLoops) event loops: \(error)")
        }
        self.lookups = NameLookups(resolver: resolver, limit: limits.lookups)
        self.openings = OpeningTables(count: eventLoops)
    }

    /// The number of event loops. Each connection belongs to one of them.
    public var eventLoopCount: Int { self.registry.shards.count }

    /// The number of threads that can run at the same time on the processors available to this process.
    public static var eventLoopsOfThisMachine: Int { ProcessorCount.ofThisProcess }

    /// Returns the next shard, round-robin.
    func nextShard() -> Shard {
        let count = self.lastShard.wrappingAdd(1, ordering: .relaxed).newValue
        return self.registry.shards[(count - 1) % self.registry.shards.count]
    }

    /// Opens a TCP rendezvous socket and accepts clients on it.
    ///
    /// - Parameters:
    ///   - rendezvous: must have the transport TCP.
    ///   - inherited: a listening TCP socket to use instead of a new one, with the rendezvous's backlog. The engine
    ///     works on a copy and replaces a lost copy. The caller keeps the original, and may close it or use it again
    ///     after `closeRendezvous`.
    ///   - isHeld: if true, the socket accepts clients only after `acceptClients`. Clients wait in the backlog until
    ///     then.
    ///   - holders: open sockets that may occupy the same port and that the caller will close afterwards.
    ///   - service: receives the connections' datagrams.
    ///   - observers: each is called once when a connection opens and once when it ends.
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

    /// Opens a TCP rendezvous socket whose clients pass an opening before they become connections.
    ///
    /// - Parameter opening: creates the opening for a client from an address; nil if an accepted socket becomes a
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

    /// Returns the backlog that the system applies to a rendezvous socket. Linux limits it to `net.core.somaxconn`.
    ///
    /// - Returns: nil over UDP, and while the socket is not open.
    public func backlogInForce(of rendezvous: BoundRendezvous) -> Answer<Int?> {
        switch rendezvous.socket {
        case .tcp(let listener): listener.loop.submit { listener.backlogInForce }
        case .udp: Answer(nil)
        }
    }

    /// Starts to accept clients on a held rendezvous socket.
    public func acceptClients(on rendezvous: BoundRendezvous) -> Answer<Void> { rendezvous.accept() }

    /// Stops accepting clients on a rendezvous socket. Its connections stay open. A UDP socket also stays open until
    /// its last connection ends.
    public func closeRendezvous(_ rendezvous: BoundRendezvous) -> Answer<Void> { rendezvous.close() }

    /// Accepts the clients in the backlog while slots are free, then closes the rendezvous socket.
    ///
    /// - Parameter isSucceeded: whether another socket is open on the same port and receives later clients.
    public func retireRendezvous(_ rendezvous: BoundRendezvous, isSucceeded: Bool = false) -> Answer<Void> {
        rendezvous.retire(isSucceeded: isSucceeded)
    }

    /// Stops taking datagrams, sends the output of the datagrams already taken, and closes all connections.
    ///
    /// Close the rendezvous sockets first. A peer sees the end of its stream and then has up to `lingerTime` to close
    /// its own side.
    ///
    /// - Parameter drain: the time limit for all of this. After it, the remaining connections are cut.
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

    /// Checks that no event loop hangs. Any thread.
    ///
    /// - Returns: an answer that is set when every event loop has answered.
    public func answersOfEventLoops() -> Answer<Void> {
        Answer.all(self.registry.shards.map { shard in shard.loop.submit {} }).map { _ in }
    }

    /// Calls `body` soon and then at intervals, on one of the event loops, until the returned work is cancelled. `body`
    /// must not block.
    ///
    /// - Parameter interval: the time from the end of a call to the next one.
    @discardableResult
    public func `repeat`(every interval: Duration, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        let work = ScheduledWork(on: self.nextShard().loop)
        work.begin(after: .zero, every: interval, body)
        return work
    }

    /// Calls `body` once on the first event loop, after the sockets of the current turn. `body` must not block. Any
    /// thread.
    package func post(_ body: @escaping @Sendable () -> Void) {
        self.registry.shards[0].loop.post(body)
    }

    /// Calls `body` once on the first event loop after a delay, unless it is cancelled. `body` must not block. Any
    /// thread.
    package func post(after delay: Duration, _ body: @escaping @Sendable () -> Void) -> ScheduledWork {
        let work = ScheduledWork(on: self.registry.shards[0].loop)
        work.begin(after: delay, every: nil, body)
        return work
    }

    /// Cancels the attempts to connect, closes the listeners and UDP sockets, and stops the event loops. The manager is
    /// unusable afterwards.
    public func shutDown() async throws {
        self.dials.end()
        for waiter in self.registry.roster.admission.waiters {
            try await (waiter as? Listener)?.close().get()
        }
        for shard in self.registry.shards {
            // Stop the input first. Otherwise an event loop would process held input, one part in each turn, while it
            // ends.
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

/// Work that an event loop does later, once or repeatedly. Any thread.
// @unchecked: `timer` belongs to `loop` and is accessed only there.
public final class ScheduledWork: @unchecked Sendable {
    private let loop: EventLoop
    private let isCancelled = Atomic<Bool>(false)
    private var timer: Timer?

    fileprivate init(on loop: EventLoop) {
        self.loop = loop
    }

    /// Cancels the work. One call of `body` that another thread is about to make may still begin. Further calls of
    /// `cancel` have no effect.
    public func cancel() {
        guard !self.isCancelled.exchange(true, ordering: .relaxed) else { return }
        self.loop.post {
            self.loop.cancel(self.timer)
            self.timer = nil
        }
    }

    /// - Parameter interval: nil to do the work once.
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
