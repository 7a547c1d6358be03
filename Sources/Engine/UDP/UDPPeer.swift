import Wire

/// The other end of a connection over UDP: an address and port, and what it may be sent.
// @unchecked: what is not constant belongs to the event loop of `listener`, but for `hostSlot`, which has the lock of `host`.
final class UDPPeer: DatagramTransmitter, @unchecked Sendable {
    // MARK: Constant, any thread

    let listener: UDPListener
    /// The address and port by which it is known.
    let address: SocketAddress
    let host: UDPHost

    // MARK: The lock of `host`

    /// Its place among the ports of its host.
    var hostSlot = 0

    // MARK: Event loop only

    /// nil once it has ended.
    var connection: Connection?
    /// Whether it may be sent more than came from it. As the listener last saw it.
    var isProven = false
    /// Its place among the unproven connections of the listener; nil while it is proven.
    var unprovenSlot: Int?
    /// Orders the connections of the listener by their last datagram.
    var lastHeardNumber: UInt64 = 0
    /// The address of this machine that its last datagram was sent to; nil where that makes no difference.
    private(set) var localAddress: LocalAddress?
    /// When its last valid datagram came, on the clock of the loop for reading.
    private(set) var lastHeardAt: Instant
    private var echoes = EchoLoopDetector()

    /// - Parameter now: on the clock of the loop for reading.
    init(listener: UDPListener, address: SocketAddress, host: UDPHost, now: Instant) {
        self.listener = listener
        self.address = address
        self.host = host
        self.lastHeardAt = now
    }

    /// - Parameters:
    ///   - record: one datagram.
    ///   - local: as for `localAddress`.
    func heard(_ record: UnsafeRawBufferPointer, at local: LocalAddress?, _ now: Instant) {
        self.lastHeardAt = self.listener.shard.clock.reading(at: now)
        self.localAddress = local
        self.echoes.heard(Framing.udpFingerprint(in: record, at: 0), at: now)
        if !self.isProven { self.host.received(bytes: record.count - Framing.udpWireOffset) }
    }

    /// Whether nothing has come for `timeout` or longer.
    ///
    /// - Parameter now: on the same clock as `lastHeardAt`.
    func isIdle(for timeout: Duration, at now: Instant) -> Bool {
        // A datagram that came before the clock has noticed that the loop stood still is as old as that.
        if self.lastHeardAt > now { self.lastHeardAt = now }
        return now - self.lastHeardAt >= timeout
    }

    /// Hands each record to the socket as a datagram of its own, as far as its address may be sent anything.
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

    /// The system did not take a datagram.
    ///
    /// - Parameter bytes: as it goes on the wire.
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
