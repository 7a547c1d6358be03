import Wire

/// Makes each address that sends to one UDP socket a connection: from its first valid datagram on, until none has come for
/// a while.
// @unchecked: what is not constant belongs to `shard.loop` and is touched only there.
final class UDPListener: @unchecked Sendable {
    /// How often connections are looked at, at the least: how late an end or a proof may be noticed.
    static let sweepInterval = Duration.seconds(1)
    /// However short the idle timeout is.
    static let sweepIntervalMin = Duration.milliseconds(100)

    // MARK: Constant, any thread

    let shard: Shard
    private let registry: ConnectionRegistry
    /// `ConnectionOrigin.listenerNumber`.
    let number: Int
    /// The addresses that send to any listener of the manager.
    let hosts: UDPHosts
    /// The ports of all UDP sockets of the manager.
    let ports: UDPPortCensus
    let socket: UDPSocket
    /// Of its socket.
    let endpoint: UDPEndpoint

    // MARK: Event loop only

    private(set) var rendezvous: Rendezvous
    private(set) var origin: ConnectionOrigin
    /// Of `origin`, on this event loop.
    let service: any Service
    private(set) var idleTimeout: Duration
    private(set) var proof: UDPProof
    var table = UDPPeerTable()
    /// Found idle and still to be ended.
    var idle: ArraySlice<UDPPeer> = []
    /// The connections that are not proven, by their last datagram.
    var unproven = RecencyList<UDPPeer>()
    /// Whether the rest of the unproven connections that are above the limit waits for its turn.
    var isPausingUnproven = false
    /// The connections that have lost their proof, and may be too many.
    var demotions = UDPDemotions()
    private(set) var admission: Admission
    private var hasEnded = false
    private(set) var hasBroadcast = false
    var isWaitingAtGate = false
    private var sweeping: Timer?
    /// Datagrams of all connections so far.
    private var heardCount: UInt64 = 0

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
        registry: ConnectionRegistry,
        origin: ConnectionOrigin,
        hosts: UDPHosts,
        ports: UDPPortCensus
    ) {
        self.admission = isHeld ? .held : .open
        self.rendezvous = rendezvous
        self.idleTimeout = idleTimeout
        self.proof = proof
        self.shard = shard
        self.registry = registry
        self.origin = origin
        self.service = origin.service(onLoop: shard.index)
        self.number = origin.listenerNumber
        self.hosts = hosts
        self.ports = ports
        self.endpoint = UDPEndpoint()
        self.socket = UDPSocket(
            settings: UDPSettings(
                host: rendezvous.host,
                isIPv6Only: rendezvous.isIPv6Only,
                port: rendezvous.port,
                receiveBufferBytes: rendezvous.receiveBufferBytes,
                inherited: inherited
            ),
            shard: shard,
            ports: ports,
            endpoint: self.endpoint
        )
    }

    /// Opens the socket. Any thread.
    ///
    /// - Parameter isSharing: see `BoundSocket.open`.
    /// - Returns: when it is open, or the system's error.
    func open(isSharing: Bool = false) -> Answer<Void> {
        self.shard.loop.submit {
            self.useLimits()
            do throws(SystemError) {
                try self.socket.open(self, isSharing: isSharing)
            } catch {
                self.ended()
                throw error
            }
            self.scheduleSweep()
        }
    }

    /// Takes no more addresses; those that are connected stay, and the socket with them. Any thread.
    func close() -> Answer<Void> {
        self.shard.loop.ask { answer in
            self.admission = .closed
            guard self.table.isEmpty, !self.hasEnded else { return answer.succeed(()) }
            self.socket.close().whenSet { answer.set($0) }
        }
    }

    /// Keeps the socket, also one that only its connections had kept. Any thread.
    ///
    /// - Returns: false when it is gone.
    func hold() -> Answer<Bool> {
        self.shard.loop.submit {
            guard self.keepsSocket else { return false }
            self.admission = .held
            return true
        }
    }

    /// Takes no more addresses for now where none is connected. Any thread.
    ///
    /// - Returns: whether that is so.
    func holdIfUnused() -> Answer<Bool> {
        self.shard.loop.submit {
            guard self.table.isEmpty else { return false }
            self.admission = .held
            return true
        }
    }

    /// Whether it still has a socket, were it only for its connections. On its event loop.
    var keepsSocket: Bool { !self.hasEnded && (self.admission != .closed || !self.table.isEmpty) }

    /// Takes addresses again. Any thread.
    func accept() -> Answer<Void> {
        self.shard.loop.submit { self.admission = .open }
    }

    /// Is another rendezvous from now on, on the same socket. Its connections keep the name that they came by.
    func use(_ rendezvous: Rendezvous, idleTimeout: Duration, proof: UDPProof) {
        guard !self.hasEnded else { return }
        self.rendezvous = rendezvous
        self.origin = self.origin.serving(rendezvous)
        self.idleTimeout = idleTimeout
        let isOtherProof = proof != self.proof
        self.proof = proof
        self.useLimits()
        self.socket.useReceiveBuffer(bytes: rendezvous.receiveBufferBytes)
        self.scheduleSweep()
        if isOtherProof { self.sortPorts() }
        self.proofChanged(Array(self.table.peers.values))
        self.sweep(at: self.shard.loop.now)
    }

    private func useLimits() {
        self.socket.payloadBytesMax = min(UDPHeader.payloadBytesMax, self.shard.limits.datagramBytes)
    }

    /// Puts a connection behind all that were heard before.
    func number(_ peer: UDPPeer) {
        self.heardCount &+= 1
        peer.lastHeardNumber = self.heardCount
    }

    private func scheduleSweep() {
        self.shard.loop.cancel(self.sweeping)
        let interval = max(Self.sweepIntervalMin, min(Self.sweepInterval, self.idleTimeout / 4))
        let due = self.shard.loop.now + interval
        self.sweeping = self.shard.loop.schedule(at: due) { [unowned self] in
            let now = self.shard.loop.now
            self.shard.tickClock(due: due, at: now)
            self.sweep(at: now)
            self.scheduleSweep()
        }
    }

    func closeSocketIfDone() {
        if self.admission == .closed, self.table.isEmpty { _ = self.socket.close() }
    }

    private func ended() {
        self.hasEnded = true
        self.shard.loop.cancel(self.sweeping)
        self.registry.listenerEnded(self.number)
    }
}

// MARK: - Its socket

extension UDPListener: UDPReceiver {
    func admitsDatagram() -> Bool { !self.shard.shutdown.hasBegun && self.shard.readGate.admits(self) }

    func datagramReceived(_ record: UnsafeRawBufferPointer, from source: SocketAddress, to local: LocalAddress?) {
        self.datagramReceived(record, from: source, to: local, at: self.shard.loop.now)
    }

    /// Takes one datagram, a record of `Framing.udp`.
    func datagramReceived(
        _ record: UnsafeRawBufferPointer,
        from source: SocketAddress,
        to local: LocalAddress? = nil,
        at now: Instant
    ) {
        guard let peer = self.openPeer(source) ?? self.newPeer(source, at: now) else { return }
        if peer.connection != nil { self.heard(peer) }
        // Its service or its proof may have ended it.
        guard let connection = peer.connection, connection.isOpen else { return self.socket.count(.unadmitted) }
        peer.heard(record, at: local, now)
        let byteCount = record.count - Framing.udpWireOffset
        if let limit = connection.received(datagrams: 1, bytes: byteCount) { return connection.pass(limit) }
        let run = DatagramRun(bytes: record, datagramCount: 1, framing: .udp)
        // A service takes one part at least, which is all.
        _ = self.service.received(run, from: connection, partsMax: 1)
        if connection.lastBroadcastTurn > 0 { self.hasBroadcast = true }
    }

    /// The peer at an address; nil where there is none, or where it has ended in this turn. Then the address is free.
    private func openPeer(_ source: SocketAddress) -> UDPPeer? {
        guard let peer = self.table[source] else { return nil }
        if peer.connection?.isOpen == true { return peer }
        self.end(peer, .closedHere)
        return nil
    }

    func socketLost() {
        for observer in self.origin.observers { observer.listenerLost(rendezvous: self.rendezvous) }
    }

    func socketReopened() {
        for observer in self.origin.observers { observer.listenerReopened(rendezvous: self.rendezvous) }
    }

    func socketEnded() {
        for peer in self.table.peers.values { self.end(peer, .closedHere) }
        self.ended()
    }
}

extension UDPListener: GatedReader {
    func readingMayGoOn() { self.socket.resumeReading() }
}

extension UDPListener: PortHolder {
    func sharePort(_ isOn: Bool) -> Answer<Void> {
        self.shard.loop.submit {
            // A failure shows when the other socket is opened.
            if let descriptor = self.socket.descriptor { try? BoundSocket.setSharing(descriptor, isOn) }
        }
    }
}
