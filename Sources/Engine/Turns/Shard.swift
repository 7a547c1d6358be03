import Synchronization
import Wire

/// One event loop with its connections, its current turn and its limits.
// @unchecked: all mutable state belongs to `loop` and is accessed only there.
final class Shard: ConnectionHome, @unchecked Sendable {
    /// The maximum size of one read, so that a single connection cannot monopolize the loop.
    static let receiveBufferBytes = 64 * 1024

    // MARK: Constant, any thread

    let outbox = Outbox()
    /// Bytes that are queued for peers. Shared by all shards of a manager.
    let pendingTotal: ByteTotal
    /// Received bytes of incomplete datagrams, and of datagrams that wait for their service. Shared by all shards.
    let unfinishedTotal: ByteTotal
    /// The audience of all connections. Shared by all shards.
    let everyone: Audience
    /// The shards of the other event loops.
    private(set) var others: [Shard] = []
    /// The share of this loop's connections in `unfinishedTotal`. Other shards read it.
    let unfinishedBytes = Atomic<Int>(0)
    /// Whether this shard has been asked to close the connections that hold the most unfinished bytes.
    let isAskedForUnfinished = Atomic<Bool>(false)

    // MARK: Event loop only

    /// The buffer for all reads of this loop. An idle connection needs no receive buffer of its own.
    let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: receiveBufferBytes, alignment: 4096)
    /// The keep-alive options of `limits`.
    private(set) var keepAlive: KeepAlive
    private(set) var table = ConnectionTable()
    var shutdown = ShardShutdown()
    /// Shut while another loop's inbox is full, or while too much output of suspended fan-outs is left.
    var readGate = ReadGate()
    /// The connections whose held input continues in later turns.
    var heldInputs = HeldInputQueue()
    /// Whether the sweep for timeouts is running.
    var isSweeping = false
    /// The open UDP sockets of this loop.
    var udpSockets: [any DatagramSocket] = []
    /// UDP connections that are closed at the end of this turn.
    var closingDatagrams: ContiguousArray<Connection> = []
    /// The current turn. With `coalesce` it may last for several turns of the loop.
    var turn = Turn()
    /// With `coalesce`: output that does not wait for the end of `turn`.
    var direct = DirectOutput()
    /// Memory of UDP records that the kernel has not taken yet.
    var unflushed: ContiguousArray<SharedBytes> = []
    /// Fan-outs that continue in later turns.
    var suspended = SuspendedFanOuts()
    /// The maximum time for which broadcasts are held, so that several leave in one write.
    ///
    /// Zero holds them only until the end of their turn.
    private(set) var coalesce: Duration
    /// The timer that ends the hold of broadcasts.
    var hold: Timer?
    /// Whether that timer has fired.
    var holdHasEnded = false
    /// The framings of all listeners and client connections of the manager.
    var framings: [Framing] = []
    var largestHolders = LargestHolders()
    /// The number of sends since a fan-out last checked the time.
    var sendsSinceLook = 0
    /// The run that a service is handling now.
    var handedOn: UnsafeRawBufferPointer?
    /// The members of `everyone` on this loop.
    let members: AudienceMembers
    /// The traffic of closed connections.
    private var endedTraffic = Traffic()
    private var endedByListener = ListenerCounts()
    private var endedCounts: [CloseReason: Int] = [:]
    private var exceeded: [ConnectionLimit: Int] = [:]
    /// Datagrams lost to a limit on connections that stayed open.
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

    /// Its index among the manager's shards.
    var index: Int { self.loop.index }

    /// Sets the shards of the other event loops.
    ///
    /// Call it before the first connection. At the end of the manager it is called with an empty array, after the event
    /// loops have ended.
    func join(_ others: [Shard]) {
        self.others = others
    }

    /// Changes the limits of the shard and its connections, from the next read and write on. Sends held output at once.
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

    /// Frames broadcasts for this framing from now on. Call it before the first connection with it.
    func use(_ framing: Framing) {
        if !self.framings.contains(framing) { self.framings.append(framing) }
    }
}

// MARK: - Connections

extension Shard {
    /// Opens a connection for a TCP socket that was accepted or connected.
    ///
    /// The socket is non-blocking and has its slot in the admission book.
    ///
    /// - Returns: nil if the system had no memory for it. The socket is then closed and its slot is free again.
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
        // A reload may have changed the access rules after the client was admitted and before this connection existed.
        if origin.rendezvous != nil, !self.limits.access.permits(peer.ip) { self.close(connection, .accessDenied) }
        // A byte receiver may not want to read yet.
        if connection.byteReceiver != nil { source.updateInterest() }
        return connection
    }

    /// Adds a connection to the table and, if requested, to the audience of all connections.
    func opened(_ connection: Connection, joinsBroadcasts: Bool) {
        self.table.add(connection)
        if joinsBroadcasts {
            // The new connection does not get the earlier broadcasts of this turn.
            self.turn.served(connection)
            self.members.add(connection)
        }
        self.startSweeping()
        if self.shutdown.hasBegun { self.close(connection, .shutdown) }
    }

    /// Completes the close of a connection whose socket is closed.
    func finished(_ connection: Connection, service: any Service) {
        let origin = connection.origin
        origin.roster.streamHosts.left(connection.peerAddress.ip)
        connection.socket = nil
        self.ended(connection)
        let reason = connection.state.closeReason ?? .ioError
        service.closed(connection, reason: reason)
        for observer in origin.observers { observer.connectionClosed(connection, reason: reason) }
        connection.byteReceiver = nil
        // The slot is freed after the calls of the observers, because the next client may open at once on another loop.
        origin.roster.admission.release(connection.admittedAddress)
    }

    /// Removes a connection that is being closed, and adds its counts to the counts of closed connections.
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
        // Posted, so that the observers hear of this connection's close before the shutdown finishes.
        self.loop.post { self.shutdown.takeFinished()?.succeed(()) }
    }

    /// Closes a connection at the end of this turn.
    ///
    /// The kernel gets the output so far. Bytes that the kernel does not take are lost.
    func close(_ connection: Connection, _ reason: CloseReason) {
        guard connection.isOpen else { return }
        self.sendNow(connection)
        // Sending may have closed the connection, for example as a slow consumer.
        guard connection.isOpen else { return }
        self.fail(connection, reason)
    }

    /// Closes a connection that has passed a limit.
    func close(_ connection: Connection, passing limit: ConnectionLimit) {
        guard connection.isOpen else { return }
        self.close(connection, limit.closeReason)
        // Sending may have closed the connection for passing another limit.
        if connection.exceededLimit == nil { self.exceeded(limit, by: connection) }
    }

    /// Closes a connection whose socket has ended.
    func end(_ connection: Connection, _ reason: CloseReason) {
        if connection.isOpen { self.sendNow(connection) }
        if connection.state.closeReason == nil { connection.state = .closing(reason) }
        connection.closeTransport()
    }

    /// Marks a connection as closing, without sending its output. It is closed at the end of this turn.
    func fail(_ connection: Connection, _ reason: CloseReason) {
        connection.state = .closing(reason)
        connection.closeTransport()
    }

    /// Counts that a connection has passed a limit, which closes it or costs it datagrams.
    ///
    /// - Parameter losing: the number of lost datagrams if the connection stays open.
    func exceeded(_ limit: ConnectionLimit, by connection: Connection, losing datagramCount: Int = 1) {
        self.exceeded[limit, default: 0] += 1
        if connection.isOpen {
            self.datagramsLost[limit, default: 0] += UInt64(datagramCount)
        } else {
            connection.exceededLimit = limit
        }
    }

    /// Counts that a rate has begun to hold back a connection's input.
    func throttled(_ limit: ConnectionLimit) {
        self.exceeded[limit, default: 0] += 1
    }

    /// Sets the keep-alive options of a connection's socket.
    private func useKeepAlive(on connection: Connection) {
        guard case .socket(let descriptor) = connection.transmitter, connection.isOpen else { return }
        if let code = self.keepAlive.apply(to: descriptor) { self.close(connection, CloseReason(errorCode: code)) }
    }

    /// Drops the counts of a listener that was closed for good.
    func forgetListener(_ number: Int) {
        self.endedByListener.forget(number)
    }

    func udpSocketEnded(_ socket: any DatagramSocket) {
        self.udpSockets.removeAll { $0 === socket }
        self.endedUDPCounts += socket.counts
    }

    /// The counts of all UDP sockets, including closed ones.
    var udpCounts: UDPCounts { self.udpSockets.reduce(into: self.endedUDPCounts) { $0 += $1.counts } }

    /// The number of connections on all event loops that receive a broadcast.
    var broadcastReceivers: Int { self.everyone.count }

    /// The current counts, without the traffic of open connections.
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

/// The part of a UDP socket that a shard uses: its output and its counts.
protocol DatagramSocket: AnyObject, Sendable {
    var counts: UDPCounts { get }
    /// Passes the records given to `DatagramTransmitter.send` to the kernel.
    func flushOutput()
}

extension Connection {
    /// Used for each datagram. The unchecked cast avoids the cost of a type check; `Shard` is the only subclass.
    var shard: Shard { unsafeDowncast(self.home, to: Shard.self) }

    /// The TCP socket that it reads from; nil over UDP and once it is closed.
    var source: StreamSource? { self.socket.map { unsafeDowncast($0, to: StreamSource.self) } }

    /// The address that its slot counts for; nil if this program opened the connection.
    var admittedAddress: IPAddress? { self.origin.rendezvous.map { _ in self.peerAddress.ip } }

    /// Closes its socket or its UDP port at the end of this turn.
    func closeTransport() {
        switch self.transmitter {
        case .datagrams: self.shard.closingDatagrams.append(self)
        case .socket, .none: if let socket { self.home.loop.closeAtEndOfTurn(socket) }
        }
    }

    /// Applies changed limits.
    fileprivate func use(_ limits: Limits) {
        let now = self.shard.loop.now
        self.receiveRates = self.receiveRates.map { $0.changed(to: limits, at: now) } ?? ReceiveRates(limits, at: now)
        self.source?.use(limits)
    }

    /// Whether it takes part in broadcasts. On its event loop.
    ///
    /// If false, broadcasts do not reach it, and its own broadcasts reach no other connection.
    public internal(set) var joinsBroadcasts: Bool {
        get { self.memberIndex >= 0 }
        set {
            guard newValue != self.joinsBroadcasts, self.tableIndex >= 0 else { return }
            self.shard.change(self, isMember: newValue, of: self.shard.members)
        }
    }
}
