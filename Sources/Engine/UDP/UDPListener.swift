import Wire

/// Treats each address and port that sends to one UDP socket as a connection.
///
/// A connection begins with its first valid datagram and ends after the idle timeout without one.
// @unchecked: the variables belong to `shard.loop` and are accessed only there.
final class UDPListener: @unchecked Sendable {
    /// The longest time between two sweeps, and so the longest delay before a timeout or a changed proof is noticed.
    static let sweepInterval = Duration.seconds(1)
    /// The shortest time between two sweeps, for any idle timeout.
    static let sweepIntervalMin = Duration.milliseconds(100)

    // MARK: Constant, any thread

    let shard: Shard
    private let registry: ConnectionRegistry
    /// `ConnectionOrigin.listenerNumber`.
    let number: Int
    /// The IP addresses with connections on any UDP listener of the manager.
    let hosts: UDPHosts
    /// The ports of all UDP sockets of the manager.
    let ports: UDPPortCensus
    let socket: UDPSocket
    /// The endpoint of `socket`.
    let endpoint: UDPEndpoint

    // MARK: Event loop only

    private(set) var rendezvous: Rendezvous
    private(set) var origin: ConnectionOrigin
    /// The service of `origin` on this event loop.
    let service: any Service
    private(set) var idleTimeout: Duration
    private(set) var proof: UDPProof
    var table = UDPPeerTable()
    /// Connections that were found idle and must still be ended.
    var idle: ArraySlice<UDPPeer> = []
    /// The unproven connections, ordered by their last datagrams.
    var unproven = RecencyList<UDPPeer>()
    /// Whether the end of further unproven connections above the limit is scheduled for a later turn.
    var isPausingUnproven = false
    /// The connections that have lost their proof and may exceed a limit.
    var demotions = UDPDemotions()
    private(set) var admission: Admission
    private var hasEnded = false
    private(set) var hasBroadcast = false
    var isWaitingAtGate = false
    private var sweeping: Timer?
    /// The number of datagrams from all connections so far.
    private var heardCount: UInt64 = 0

    /// How the listener treats an address without a connection.
    enum Admission {
        case open
        /// No address becomes a connection at present.
        case held
        /// No address becomes a connection, and the socket closes with the last connection.
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
    /// - Returns: an answer that is set when the socket is open, or the system's error.
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

    /// Stops accepting new addresses. Existing connections stay open, and the socket stays open for them. Any thread.
    func close() -> Answer<Void> {
        self.shard.loop.ask { answer in
            self.admission = .closed
            guard self.table.isEmpty, !self.hasEnded else { return answer.succeed(()) }
            self.socket.close().whenSet { answer.set($0) }
        }
    }

    /// Holds new addresses and keeps the socket, even if it was open only for its connections. Any thread.
    ///
    /// - Returns: false if the socket is gone.
    func hold() -> Answer<Bool> {
        self.shard.loop.submit {
            guard self.keepsSocket else { return false }
            self.admission = .held
            return true
        }
    }

    /// Holds new addresses if the listener has no connections. Any thread.
    ///
    /// - Returns: whether the listener had no connections.
    func holdIfUnused() -> Answer<Bool> {
        self.shard.loop.submit {
            guard self.table.isEmpty else { return false }
            self.admission = .held
            return true
        }
    }

    /// Whether the listener still has a socket, even if only for its connections. Event loop only.
    var keepsSocket: Bool { !self.hasEnded && (self.admission != .closed || !self.table.isEmpty) }

    /// Accepts new addresses again. Any thread.
    func accept() -> Answer<Void> {
        self.shard.loop.submit { self.admission = .open }
    }

    /// Applies the settings of another rendezvous to the same socket. Existing connections keep the name of their
    /// rendezvous.
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

    /// Gives a connection the highest number, as the most recently heard one.
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

// MARK: - Socket

extension UDPListener: UDPReceiver {
    func admitsDatagram() -> Bool { !self.shard.shutdown.hasBegun && self.shard.readGate.admits(self) }

    func datagramReceived(_ record: UnsafeRawBufferPointer, from source: SocketAddress, to local: LocalAddress?) {
        self.datagramReceived(record, from: source, to: local, at: self.shard.loop.now)
    }

    /// Handles one datagram, a record of `Framing.udp`.
    func datagramReceived(
        _ record: UnsafeRawBufferPointer,
        from source: SocketAddress,
        to local: LocalAddress? = nil,
        at now: Instant
    ) {
        guard let peer = self.openPeer(source) ?? self.newPeer(source, at: now) else { return }
        if peer.connection != nil { self.heard(peer) }
        // The service or the proof may have ended the connection.
        guard let connection = peer.connection, connection.isOpen else { return self.socket.count(.unadmitted) }
        peer.heard(record, at: local, now)
        let byteCount = record.count - Framing.udpWireOffset
        if let limit = connection.received(datagrams: 1, bytes: byteCount) { return connection.pass(limit) }
        let run = DatagramRun(bytes: record, datagramCount: 1, framing: .udp)
        // A service takes at least one part, which is the whole run here.
        _ = self.service.received(run, from: connection, partsMax: 1)
        if connection.lastBroadcastTurn > 0 { self.hasBroadcast = true }
    }

    /// The peer at an address. nil if there is no peer, or if its connection has ended in this turn; the address is
    /// free then.
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
            // If this fails, opening the other socket reports the error.
            if let descriptor = self.socket.descriptor { try? BoundSocket.setSharing(descriptor, isOn) }
        }
    }
}
