import NIOCore
import Wire

/// Makes each address that sends to one UDP socket a connection: from its first valid datagram on, until none has come for
/// a while.
// @unchecked: what is not constant belongs to `shard.eventLoop` and is touched only there.
final class UDPListener: @unchecked Sendable {
    /// How often connections are looked at, at the least: how late an end or a proof may be noticed.
    static let sweepInterval = TimeAmount.seconds(1)
    /// However short the idle timeout is.
    static let sweepIntervalMin = TimeAmount.milliseconds(100)

    // MARK: Constant, any thread

    let inherited: InheritedDescriptor?
    let shard: Shard
    /// `ConnectionOrigin.listenerNumber`.
    let number: Int
    /// Of its socket.
    let endpoint = UDPEndpoint()

    // MARK: Event loop only

    private(set) var rendezvous: Rendezvous
    private(set) var origin: ConnectionOrigin
    private(set) var idleTimeout: TimeAmount
    private(set) var proof: UDPProof
    /// nil before it is open and after its end.
    private(set) var socket: UDPSocket?
    var table = UDPPeerTable()
    /// Found idle and still to be ended.
    var idle: ArraySlice<Connection> = []
    /// The connections that are not proven, by their last datagram.
    var unproven = RecencyList<UDPPeer>()
    /// Whether the rest of the unproven connections that are above the limit waits for its turn.
    var isPausingUnproven = false
    /// The connections that have lost their proof, and may be too many.
    var demotions = UDPDemotions()
    private(set) var admission: Admission
    /// When the next sweep is due; a timer of another time is out of date.
    private var sweepDue: NIODeadline?
    /// Datagrams of all connections so far.
    private var heardCount: UInt64 = 0
    /// The last payload, framed as a stream would have it.
    private var frame = ByteBuffer()

    /// What becomes of an address that has no connection yet.
    enum Admission {
        case open
        /// None becomes one for now.
        case held
        /// None becomes one, and the socket goes with the last connection.
        case closed
    }

    init(
        rendezvous: Rendezvous,
        inherited: InheritedDescriptor? = nil,
        idleTimeout: Duration,
        proof: UDPProof,
        isHeld: Bool = false,
        shard: Shard,
        origin: ConnectionOrigin
    ) {
        self.admission = isHeld ? .held : .open
        self.rendezvous = rendezvous
        self.inherited = inherited
        self.idleTimeout = TimeAmount(idleTimeout)
        self.proof = proof
        self.shard = shard
        self.origin = origin
        self.number = origin.listenerNumber
    }

    /// Opens the socket. On its event loop.
    ///
    /// - Parameter isSharing: see `BoundSocket.open`.
    func bind(isSharing: Bool = false) -> EventLoopFuture<BoundRendezvous> {
        let settings = UDPSettings(
            host: self.rendezvous.host,
            isIPv6Only: self.rendezvous.isIPv6Only,
            port: self.rendezvous.port,
            payloadBytesMax: Self.payloadBytesMax(self.shard.limits),
            receiveBufferBytes: self.rendezvous.receiveBufferBytes,
            inherited: self.inherited
        )
        let socket = UDPSocket(
            settings: settings,
            shard: self.shard,
            ports: self.origin.registry.udpPorts,
            receiver: self,
            endpoint: self.endpoint
        )
        self.socket = socket
        return socket.open(isSharing: isSharing).map {
            self.scheduleSweep()
            return BoundRendezvous(rendezvous: self.rendezvous, address: socket.address, socket: .udp(self))
        }.flatMapErrorThrowing { error in
            _ = socket.close()
            throw RendezvousError(rendezvous: self.rendezvous, cause: error)
        }
    }

    /// Takes no more addresses; those that are connected stay, and the socket with them. Any thread.
    func close() -> EventLoopFuture<Void> {
        self.shard.pipe.submit {
            self.admission = .closed
            self.closeSocketIfDone()
        }
    }

    /// Keeps the socket, also one that only its connections had kept. Any thread.
    ///
    /// - Returns: false when it is gone.
    func hold() -> EventLoopFuture<Bool> {
        self.shard.pipe.submit {
            guard self.keepsSocket else { return false }
            self.admission = .held
            return true
        }
    }

    /// Takes no more addresses for now where none is connected. Any thread.
    ///
    /// - Returns: whether that is so.
    func holdIfUnused() -> EventLoopFuture<Bool> {
        self.shard.pipe.submit {
            guard self.table.isEmpty else { return false }
            self.admission = .held
            return true
        }
    }

    /// Whether it still has a socket, were it only for its connections. On its event loop.
    var keepsSocket: Bool { self.socket != nil && (self.admission != .closed || !self.table.isEmpty) }

    /// Takes addresses again. Any thread.
    func accept() -> EventLoopFuture<Void> {
        self.shard.pipe.submit { self.admission = .open }
    }

    /// Is another rendezvous from now on, on the same socket. Its connections keep the name that they came by.
    func use(_ rendezvous: Rendezvous, idleTimeout: Duration, proof: UDPProof) {
        guard let socket else { return }
        self.rendezvous = rendezvous
        self.origin = self.origin.serving(rendezvous)
        self.idleTimeout = TimeAmount(idleTimeout)
        self.proof = proof
        socket.payloadBytesMax = Self.payloadBytesMax(self.shard.limits)
        socket.useReceiveBuffer(bytes: rendezvous.receiveBufferBytes)
        self.scheduleSweep()
        self.proofChanged(self.table.connections.values.compactMap(\.udpPeer))
        self.sweep(at: self.shard.eventLoop.now)
    }

    /// Puts a connection behind all that were heard before.
    func number(_ peer: UDPPeer) {
        self.heardCount &+= 1
        peer.lastHeardNumber = self.heardCount
    }

    private static func payloadBytesMax(_ limits: Limits) -> Int {
        min(UDPHeader.payloadBytesMax, limits.datagramBytes)
    }

    private func scheduleSweep() {
        let interval = max(
            Self.sweepIntervalMin,
            min(Self.sweepInterval, .nanoseconds(self.idleTimeout.nanoseconds / 4))
        )
        let due = self.shard.eventLoop.now + interval
        self.sweepDue = due
        self.shard.pipe.post(after: interval) {
            guard self.sweepDue == due else { return }
            let now = self.shard.eventLoop.now
            self.shard.tickClock(due: due, at: now)
            self.sweep(at: now)
            self.scheduleSweep()
        }
    }

    func closeSocketIfDone() {
        guard self.admission == .closed, self.table.isEmpty else { return }
        self.sweepDue = nil
        _ = self.socket?.close()
    }
}

// MARK: - Datagrams

extension UDPListener: UDPReceiver {
    func datagramReceived(_ payload: UnsafeRawBufferPointer, from source: SocketAddress, to local: LocalAddress?) {
        self.datagramReceived(payload, from: source, to: local, at: self.shard.eventLoop.now)
    }

    func datagramReceived(
        _ payload: UnsafeRawBufferPointer,
        from source: SocketAddress,
        to local: LocalAddress? = nil,
        at now: NIODeadline
    ) {
        guard !self.shard.shutdown.hasBegun,
            let connection = self.table[source] ?? self.newConnection(source, at: now),
            let peer = connection.udpPeer, connection.isOpen
        else { return }
        let bytes = UDPHeader.size + payload.count
        self.heard(peer)
        guard connection.isOpen else { return }
        peer.heard(payload, at: local, now)
        if let limit = connection.received(datagrams: 1, bytes: bytes) { return connection.pass(limit) }
        self.frame.clear()
        self.frame.writeInteger(UInt16(payload.count), endianness: .little)
        self.frame.writeBytes(payload)
        self.frame.withUnsafeReadableBytes { frame in
            let run = DatagramRun(bytes: frame, datagramCount: 1, header: .two)
            self.origin.receiver.datagramsReceived(run, from: connection)
        }
    }

    func socketLost() {
        self.origin.observer.listenerLost(rendezvous: self.rendezvous)
    }

    func socketReopened() {
        self.origin.observer.listenerReopened(rendezvous: self.rendezvous)
    }

    func socketEnded() {
        self.sweepDue = nil
        for connection in self.table.connections.values { self.end(connection, .closedHere) }
        self.socket = nil
        self.origin.registry.listenerEnded(self.number)
    }
}
