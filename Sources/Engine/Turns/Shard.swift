import Synchronization
import Wire

/// One event loop and all that belongs to it: its connections, what its turn brings them, and the limits that they have.
// @unchecked: what is not constant belongs to `loop` and is touched only there.
final class Shard: ConnectionHome, @unchecked Sendable {
    /// The most that one read takes from one connection, so that none can keep the loop to itself.
    static let receiveBufferBytes = 64 * 1024

    // MARK: Constant, any thread

    let outbox = Outbox()
    /// What waits for peers. One for all shards of a manager.
    let pendingTotal: ByteTotal
    /// Input of datagrams that are not whole yet, or that wait to be handed on. One for all shards.
    let unfinishedTotal: ByteTotal
    /// The audience of all connections. One for all shards.
    let everyone: Audience
    /// The shards of the other event loops.
    private(set) var others: [Shard] = []
    /// The part of its connections in `unfinishedTotal`, for the others to read.
    let unfinishedBytes = Atomic<Int>(0)
    /// Whether another loop has asked this one to end the connection that holds most of them.
    let isAskedForUnfinished = Atomic<Bool>(false)

    // MARK: Event loop only

    /// All connections read into it, one after the other: a connection that does not read holds no memory for it.
    let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: receiveBufferBytes, alignment: 4096)
    /// Of `limits`.
    private(set) var keepAlive: KeepAlive
    private(set) var table = ConnectionTable()
    var shutdown = ShardShutdown()
    /// Shut while another loop has more from this one than it can take, or this one has fan-outs left.
    var readGate = ReadGate()
    /// Connections whose input goes on in later turns.
    var heldInputs = HeldInputQueue()
    /// Whether connections are looked at now and then.
    var isSweeping = false
    /// The UDP sockets that are open on this loop.
    var udpSockets: [any DatagramSocket] = []
    /// UDP connections that end with this turn.
    var closingDatagrams: ContiguousArray<Connection> = []
    /// The turn under way; with `coalesce` it lasts for several turns of the loop.
    var turn = Turn()
    /// With `coalesce`, what does not wait for the end of `turn`.
    var direct = DirectOutput()
    /// Memory of UDP records that the sockets' output has not taken yet.
    var unflushed: ContiguousArray<SharedBytes> = []
    /// Fan-outs that go on later.
    var suspended = SuspendedFanOuts()
    /// How long broadcasts may wait for others to go with them; zero: until the end of their turn.
    private(set) var coalesce: Duration
    /// Ends the wait of broadcasts.
    var hold: Timer?
    /// Whether that timer was due.
    var holdHasEnded = false
    /// The framings of all listeners of the manager.
    var framings: [Framing] = []
    var largestHolders = LargestHolders()
    /// Since a fan-out has looked at the time.
    var sendsSinceLook = 0
    /// The run that a service is called with.
    var handedOn: UnsafeRawBufferPointer?
    /// The members of `everyone` here.
    let members: AudienceMembers
    /// What the connections that have ended had moved.
    private var endedTraffic = Traffic()
    private var endedByListener = ListenerCounts()
    private var endedCounts: [CloseReason: Int] = [:]
    private var exceeded: [ConnectionLimit: Int] = [:]
    /// Datagrams that a limit cost connections which live on.
    private(set) var datagramsLost: [ConnectionLimit: UInt64] = [:]
    var unframeableCount: UInt64 = 0
    private var endedUDPCounts = UDPCounts()

    init(
        loop: EventLoop,
        limits: Limits,
        coalesce: Duration = .zero,
        everyone: Audience? = nil,
        pendingTotal: ByteTotal = ByteTotal(),
        unfinishedTotal: ByteTotal = ByteTotal()
    ) {
        self.coalesce = coalesce
        self.keepAlive = KeepAlive(limits)
        self.pendingTotal = pendingTotal
        self.unfinishedTotal = unfinishedTotal
        self.everyone = everyone ?? Audience(eventLoops: loop.index + 1, isEveryone: true)
        self.members = self.everyone.members(onLoop: loop.index)
        super.init(loop: loop, limits: limits)
        loop.useInbox(pendingBytesMax: limits.pendingBytes)
        pendingTotal.use(bytesMax: limits.pendingBytesTotal)
        unfinishedTotal.use(bytesMax: limits.unfinishedBytesTotal)
        loop.endOfTurn = { [unowned self] in self.endTurn() }
    }

    deinit { self.receiveBuffer.deallocate() }

    /// Its place among the manager's shards.
    var index: Int { self.loop.index }

    /// Tells a shard of the others, before the first connection or, with none, after the event loops have ended.
    func join(_ others: [Shard]) {
        self.others = others
    }

    /// Holds other limits, its connections' included, from the next read and the next write on. What waits goes at once.
    func use(_ limits: Limits, coalesce: Duration) {
        self.sendAll()
        self.coalesce = coalesce
        let oldKeepAlive = self.keepAlive
        self.keepAlive = KeepAlive(limits)
        self.limits = limits
        self.loop.useInbox(pendingBytesMax: limits.pendingBytes)
        self.pendingTotal.use(bytesMax: limits.pendingBytesTotal)
        self.unfinishedTotal.use(bytesMax: limits.unfinishedBytesTotal)
        for connection in self.table.connections { connection.use(limits) }
        if self.keepAlive != oldKeepAlive {
            for connection in self.table.connections { self.useKeepAlive(on: connection) }
        }
        self.startSweeping()
    }

    /// Before the first connection with this framing: what goes to several is framed for it from now on.
    func use(_ framing: Framing) {
        if !self.framings.contains(framing) { self.framings.append(framing) }
    }
}

// MARK: - Connections

extension Shard {
    /// Makes a TCP socket that was accepted or connected a connection. The socket is non-blocking, and has its place in the
    /// admission book.
    ///
    /// - Returns: nil when the system had no memory for it; then it is closed, and its place is free again.
    @discardableResult
    func openStream(
        _ descriptor: CInt,
        peer: SocketAddress,
        origin: ConnectionOrigin,
        framing: Framing
    ) -> Connection? {
        let connection = Connection(
            id: origin.roster.nextID(),
            peerAddress: peer,
            origin: origin,
            framing: framing,
            home: self
        )
        let service = origin.service(onLoop: self.index)
        let source = StreamSource(descriptor, connection, service: service)
        do throws(SystemError) {
            try self.loop.setInterest(.readable, of: source)
        } catch {
            source.closeDescriptor()
            origin.roster.admission.release(connection.admittedAddress)
            return nil
        }
        connection.transmitter = .socket(descriptor)
        connection.socket = source
        origin.roster.streamHosts.arrived(peer.ip)
        self.opened(connection, joinsBroadcasts: true)
        if !self.keepAlive.isSystemDefault { self.useKeepAlive(on: connection) }
        service.opened(connection)
        for observer in origin.observers { observer.connectionOpened(connection) }
        // It may have been let in before they changed, when this loop had nothing of it to close.
        if origin.rendezvous != nil, !self.limits.access.permits(peer.ip) { self.close(connection, .accessDenied) }
        // A service that takes its bytes elsewhere may not want them yet.
        if connection.byteReceiver != nil { source.updateInterest() }
        return connection
    }

    /// Puts a connection among the others.
    func opened(_ connection: Connection, joinsBroadcasts: Bool) {
        self.table.add(connection)
        if joinsBroadcasts {
            // What was broadcast before is not for it.
            self.turn.served(connection)
            self.members.add(connection)
        }
        self.startSweeping()
        if self.shutdown.hasBegun { self.close(connection, .shutdown) }
    }

    /// The socket of a connection is closed: it is one no more.
    func finished(_ connection: Connection, service: any Service) {
        let origin = connection.origin
        origin.roster.streamHosts.left(connection.peerAddress.ip)
        connection.socket = nil
        self.ended(connection)
        let reason = connection.state.closeReason ?? .ioError
        service.closed(connection, reason: reason)
        for observer in origin.observers { observer.connectionClosed(connection, reason: reason) }
        connection.byteReceiver = nil
        // The next client may come at once, on another event loop: observers see the end of this one before.
        origin.roster.admission.release(connection.admittedAddress)
    }

    /// Takes a connection that ends, and has decided why, from among the others.
    func ended(_ connection: Connection) {
        let reason = connection.state.closeReason ?? .ioError
        connection.state = .closing(reason)
        connection.transmitter = .none
        guard self.table.remove(connection) else { return }
        self.suspended.forget(connection)
        self.members.remove(connection)
        for membership in connection.memberships { membership.members.remove(connection) }
        self.discardPending(of: connection)
        self.endedTraffic += connection.traffic
        if connection.origin.roster.countsListener(connection.origin.listenerNumber) {
            self.endedByListener.count(connection, isOpen: false)
        }
        self.endedCounts[reason, default: 0] += 1
        guard self.table.isEmpty, self.shutdown.isFinishing else { return }
        // Behind what is still told of this connection.
        self.loop.post { self.shutdown.takeFinished()?.succeed(()) }
    }

    /// Ends a connection with this turn. It is sent what the turn brought it so far; what the kernel does not take is lost.
    func close(_ connection: Connection, _ reason: CloseReason) {
        guard connection.isOpen else { return }
        self.sendNow(connection)
        // Which may have been too much for it.
        guard connection.isOpen else { return }
        self.fail(connection, reason)
    }

    /// Ends a connection that has passed a limit.
    func close(_ connection: Connection, passing limit: ConnectionLimit) {
        guard connection.isOpen else { return }
        self.close(connection, limit.closeReason)
        // Sending may have ended it for another reason.
        if connection.exceededLimit == nil { self.exceeded(limit, by: connection) }
    }

    /// The socket of a connection has ended.
    func end(_ connection: Connection, _ reason: CloseReason) {
        if connection.isOpen { self.sendNow(connection) }
        if connection.state.closeReason == nil { connection.state = .closing(reason) }
        connection.closeTransport()
    }

    /// Notes that a connection ends with this turn; until then it neither sends nor receives.
    func fail(_ connection: Connection, _ reason: CloseReason) {
        connection.state = .closing(reason)
        connection.closeTransport()
    }

    /// Counts that a connection has passed a limit, which ends it or costs it datagrams.
    ///
    /// - Parameter losing: how many datagrams, where it lives on.
    func exceeded(_ limit: ConnectionLimit, by connection: Connection, losing datagramCount: Int = 1) {
        self.exceeded[limit, default: 0] += 1
        if connection.isOpen {
            self.datagramsLost[limit, default: 0] += UInt64(datagramCount)
        } else {
            connection.exceededLimit = limit
        }
    }

    /// Counts that a rate has begun to hold up what a connection sent.
    func throttled(_ limit: ConnectionLimit) {
        self.exceeded[limit, default: 0] += 1
    }

    /// Has the system look for the peer, or not any more.
    private func useKeepAlive(on connection: Connection) {
        guard case .socket(let descriptor) = connection.transmitter, connection.isOpen else { return }
        if let code = self.keepAlive.apply(to: descriptor) { self.close(connection, CloseReason(errorCode: code)) }
    }

    /// A rendezvous socket has ended for good.
    func forgetListener(_ number: Int) {
        self.endedByListener.forget(number)
    }

    func udpSocketEnded(_ socket: any DatagramSocket) {
        self.udpSockets.removeAll { $0 === socket }
        self.endedUDPCounts += socket.counts
    }

    /// Of all UDP sockets, those that have ended included.
    var udpCounts: UDPCounts { self.udpSockets.reduce(into: self.endedUDPCounts) { $0 += $1.counts } }

    /// Connections of all event loops that a broadcast is for.
    var broadcastReceivers: Int { self.everyone.count }

    /// The counts of now, without the traffic of the connections that are there.
    var countsWithoutConnections: ConnectionCounts {
        var counts = ConnectionCounts()
        counts.open = self.table.count
        counts.opened = self.table.count + self.endedCounts.values.reduce(0, +)
        counts.ended = self.endedCounts
        counts.exceeded = self.exceeded
        counts.cut = self.shutdown.cutCount
        counts.traffic = self.endedTraffic
        counts.traffic.datagramsUnframeable += self.unframeableCount
        counts.udp = self.udpCounts
        counts.listeners = self.endedByListener
        return counts
    }
}

/// A UDP socket of a shard, for its output and its counts.
protocol DatagramSocket: AnyObject, Sendable {
    var counts: UDPCounts { get }
    /// Gives the kernel what `DatagramTransmitter.send` was given.
    func flushOutput()
}

extension Connection {
    /// On the way of each datagram: no cast looks at its type.
    var shard: Shard { unsafeDowncast(self.home, to: Shard.self) }

    /// The socket that it reads from; nil over UDP and after its end.
    var source: StreamSource? { self.socket.map { unsafeDowncast($0, to: StreamSource.self) } }

    /// The address under which it has its place; nil where it has one of this program's own.
    var admittedAddress: IPAddress? { self.origin.rendezvous.map { _ in self.peerAddress.ip } }

    /// Closes what is under it, with this turn.
    func closeTransport() {
        switch self.transmitter {
        case .datagrams: self.shard.closingDatagrams.append(self)
        case .socket, .none: if let socket { self.home.loop.closeAtEndOfTurn(socket) }
        }
    }

    /// Holds other limits.
    fileprivate func use(_ limits: Limits) {
        let now = self.shard.loop.now
        self.receiveRates = self.receiveRates.map { $0.changed(to: limits, at: now) } ?? ReceiveRates(limits, at: now)
        self.source?.use(limits)
    }

    /// false: broadcasts do not reach it, and its own reach nobody else. On its event loop.
    public internal(set) var joinsBroadcasts: Bool {
        get { self.memberIndex >= 0 }
        set {
            guard newValue != self.joinsBroadcasts, self.tableIndex >= 0 else { return }
            self.shard.change(self, isMember: newValue, of: self.shard.members)
        }
    }
}
