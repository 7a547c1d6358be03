import Wire

/// The peer of a UDP connection: its address and port, and the checks before a datagram is sent to it.
// @unchecked: the lock of `host` guards `hostSlot`. The other variables belong to the event loop of `listener`.
final class UDPPeer: DatagramTransmitter, @unchecked Sendable {
    // MARK: Constant, any thread

    let listener: UDPListener
    /// The address and port that identify the peer.
    let address: SocketAddress
    let host: UDPHost

    // MARK: The lock of `host`

    /// The peer's position in the list of its host's ports.
    var hostSlot = 0

    // MARK: Event loop only

    /// nil after the connection has ended.
    var connection: Connection?
    /// Whether the port is proven, as last seen by the listener. The limits for unproven ports apply while it is not.
    var isProven = false
    /// The peer's position in the listener's list of unproven connections; nil while it is proven.
    var unprovenSlot: Int?
    /// Orders the connections of the listener by their last datagrams.
    var lastHeardNumber: UInt64 = 0
    /// The address of this machine to which the peer sent its last datagram; nil if it makes no difference.
    private(set) var localAddress: LocalAddress?
    /// The arrival of the peer's last valid datagram, on the loop's input clock.
    private(set) var lastHeardAt: Instant
    private var echoes = EchoLoopDetector()

    /// - Parameter now: on the loop's input clock.
    init(listener: UDPListener, address: SocketAddress, host: UDPHost, now: Instant) {
        self.listener = listener
        self.address = address
        self.host = host
        self.lastHeardAt = now
    }

    /// Records the arrival of a datagram.
    ///
    /// - Parameters:
    ///   - record: one datagram.
    ///   - local: the new `localAddress`.
    func heard(_ record: UnsafeRawBufferPointer, at local: LocalAddress?, _ now: Instant) {
        self.lastHeardAt = self.listener.shard.clock.reading(at: now)
        self.localAddress = local
        self.echoes.heard(Framing.udpFingerprint(in: record, at: 0), at: now)
        if !self.isProven { self.host.received(bytes: record.count - Framing.udpWireOffset) }
    }

    /// Whether no datagram has arrived for `timeout` or longer.
    ///
    /// - Parameter now: on the same clock as `lastHeardAt`.
    func isIdle(for timeout: Duration, at now: Instant) -> Bool {
        // The clock goes back when it notices that the loop stood still. A datagram from before then counts as arriving
        // now.
        if self.lastHeardAt > now { self.lastHeardAt = now }
        return now - self.lastHeardAt >= timeout
    }

    /// Passes each record to the socket as a datagram of its own, unless it must not be sent to this peer.
    override func send(_ records: UnsafeRawBufferPointer) {
        guard let connection else { return }
        let socket = self.listener.socket
        let output = socket.output
        var (offset, datagramCount) = (0, 0)
        while offset < records.count {
            let start = offset
            offset += Framing.udp.frameBytes(in: records, at: start)
            let datagram = UnsafeRawBufferPointer(rebasing: records[start + Framing.udpWireOffset..<offset])
            let fingerprint = Framing.udpFingerprint(in: records, at: start)
            if datagram.count > UDPHeader.size + UDPHeader.payloadBytesMax {
                connection.traffic.datagramsUnframeable += 1
            } else if self.echoes.withholds(fingerprint) || !self.maySend(bytes: datagram.count) {
                socket.count(.withheld)
            } else {
                if output.isFull { socket.flushOutput() }
                if output.isEmpty || datagramCount == 0 {
                    output.begin(self.address, from: self.localAddress, for: self)
                }
                output.append(datagram)
                self.echoes.sent(fingerprint)
                datagramCount += 1
                connection.traffic.datagramsOut &+= 1
                connection.traffic.bytesOut &+= UInt64(datagram.count)
            }
        }
    }

    /// Takes back the count of a datagram that the system refused.
    ///
    /// - Parameter bytes: the length on the wire.
    func notSent(bytes: Int) {
        guard let connection else { return }
        connection.traffic.datagramsOut &-= 1
        connection.traffic.bytesOut &-= UInt64(bytes)
    }

    private func maySend(bytes: Int) -> Bool {
        if self.isProven { return true }
        let shard = self.listener.shard
        let perSecond = shard.limits.unprovenUDPAnswersPerSecond
        return self.host.maySend(bytes: bytes, perSecond: perSecond, at: shard.loop.now)
    }

    override func close() { self.listener.end(self, .closedHere) }
}
