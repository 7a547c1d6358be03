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

    let rendezvous: Rendezvous
    let idleTimeout: TimeAmount
    let proof: UDPProof
    let shard: Shard
    private let origin: ConnectionOrigin

    // MARK: Event loop only

    /// nil before it is open and after its end.
    private(set) var socket: UDPSocket?
    private var connections: [SocketAddress: Connection] = [:]
    private var hosts: [String: UDPHost] = [:]
    private var isTakingClients = true
    private var sweeps: RepeatedTask?
    /// The last payload, framed as a stream would have it.
    private var frame = ByteBuffer()

    init(rendezvous: Rendezvous, idleTimeout: Duration, proof: UDPProof, shard: Shard, origin: ConnectionOrigin) {
        self.rendezvous = rendezvous
        self.idleTimeout = TimeAmount(idleTimeout)
        self.proof = proof
        self.shard = shard
        self.origin = origin
    }

    /// Opens the socket. On its event loop.
    func bind() -> EventLoopFuture<BoundRendezvous> {
        let settings = UDPSettings(
            host: self.rendezvous.host,
            port: self.rendezvous.port,
            payloadBytesMax: min(UDPHeader.payloadBytesMax, self.shard.limits.datagramBytes)
        )
        let socket = UDPSocket(settings: settings, shard: self.shard, receiver: self)
        self.socket = socket
        return socket.open().map {
            let interval = max(
                Self.sweepIntervalMin,
                min(Self.sweepInterval, .nanoseconds(self.idleTimeout.nanoseconds / 4))
            )
            self.sweeps = self.shard.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                self.sweep(at: self.shard.eventLoop.now)
            }
            self.origin.registry.opened(udpPort: socket.address.port)
            return BoundRendezvous(rendezvous: self.rendezvous, address: socket.address, socket: .udp(self))
        }.flatMapErrorThrowing { error in
            throw RendezvousError(rendezvous: self.rendezvous, cause: error)
        }
    }

    /// Takes no more addresses; those that are connected stay, and the socket with them. Any thread.
    func close() -> EventLoopFuture<Void> {
        self.shard.eventLoop.submit {
            self.isTakingClients = false
            self.closeSocketIfDone()
        }
    }

    private func closeSocketIfDone() {
        guard !self.isTakingClients, self.connections.isEmpty else { return }
        self.sweeps?.cancel()
        _ = self.socket?.close()
    }
}

// MARK: - Datagrams

extension UDPListener: UDPReceiver {
    func datagramReceived(_ payload: UnsafeRawBufferPointer, from source: SocketAddress) {
        self.datagramReceived(payload, from: source, at: self.shard.eventLoop.now)
    }

    func datagramReceived(_ payload: UnsafeRawBufferPointer, from source: SocketAddress, at now: NIODeadline) {
        guard !self.shard.shutdown.hasBegun,
            let connection = self.connections[source] ?? self.newConnection(source, at: now),
            let peer = connection.udpPeer, connection.isOpen
        else { return }
        let bytes = UDPHeader.size + payload.count
        if !peer.host.isProven { peer.host.isProven = self.isProven(peer.host.name) }
        connection.joinsBroadcasts = peer.host.isProven
        peer.heard(bytes: bytes, at: now)
        connection.traffic.datagramsIn += 1
        connection.traffic.bytesIn += UInt64(bytes)
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
        self.sweeps?.cancel()
        for connection in self.connections.values { self.end(connection, .closedHere) }
        self.socket = nil
    }

    private func isProven(_ host: String) -> Bool {
        self.proof == .none || self.origin.registry.streamHosts.contains(host)
    }
}

// MARK: - Connections

extension UDPListener {
    /// - Returns: nil, and counts it, when the source can't be answered or there is no place for it.
    private func newConnection(_ source: SocketAddress, at now: NIODeadline) -> Connection? {
        guard self.isTakingClients, let address = NetAddress(source) else { return nil }
        guard UDPSource.isAnswerable(source), !self.origin.registry.ownsUDPSocket(source) else {
            self.socket?.count(\.unanswerable)
            return nil
        }
        guard self.origin.registry.admit() else {
            let reason = RefusalReason.connectionLimit
            self.origin.observer.connectionRefused(peer: address, rendezvous: self.rendezvous, reason: reason)
            return nil
        }
        let host = self.hosts[address.host] ?? UDPHost(name: address.host, isProven: self.isProven(address.host))
        host.connectionCount += 1
        self.hosts[address.host] = host
        let connection = Connection(
            id: self.origin.registry.nextID(),
            peer: address,
            rendezvous: self.rendezvous,
            header: .two,
            openedAt: now,
            shard: self.shard
        )
        connection.udpPeer = UDPPeer(listener: self, address: source, host: host, now: now)
        connection.joinsBroadcasts = host.isProven
        self.connections[source] = connection
        self.shard.opened(connection)
        self.origin.observer.connectionOpened(connection)
        return connection
    }

    /// Ends the connections that have been idle, and looks at what proves the others.
    func sweep(at now: NIODeadline) {
        for host in self.hosts.values { host.isProven = self.isProven(host.name) }
        for connection in self.connections.values {
            guard let peer = connection.udpPeer else { continue }
            connection.joinsBroadcasts = peer.host.isProven
            if peer.isIdle(for: self.idleTimeout, at: now) { self.end(connection, .idleTimeout) }
        }
    }

    /// Forgets a connection; its address is a new one when it sends again.
    ///
    /// - Parameter reason: why, unless its state says so already.
    func end(_ connection: Connection, _ reason: CloseReason) {
        guard let peer = connection.udpPeer, self.connections.removeValue(forKey: peer.address) != nil else { return }
        peer.host.connectionCount -= 1
        if peer.host.connectionCount == 0 { self.hosts[peer.host.name] = nil }
        let reason = connection.state.closeReason ?? reason
        connection.state = .closing(reason)
        self.shard.ended(connection)
        self.origin.registry.release()
        self.origin.observer.connectionClosed(connection, reason: reason)
        self.closeSocketIfDone()
    }
}
