import NIOCore
import Wire

/// The parts of a connection over UDP that stand in for a channel.
// @unchecked: what is not constant belongs to the event loop of `listener`, but for `hostSlot`, which has the lock of `host`.
final class UDPPeer: @unchecked Sendable {
    // MARK: Constant, any thread

    let listener: UDPListener
    /// The address and port by which it is known.
    let address: SocketAddress
    let host: UDPHost

    // MARK: The lock of `host`

    /// Its place among the ports of its host.
    var hostSlot = 0

    // MARK: Event loop only

    /// Whether it may be sent more than came from it. As the listener last saw it.
    var isProven = false
    /// Its place among the unproven connections of the listener; nil while it is proven.
    var unprovenSlot: Int?
    /// The address of this machine that its last datagram was sent to; nil where that makes no difference.
    private(set) var localAddress: LocalAddress?
    /// When its last valid datagram came, on the clock of the loop for reading.
    private(set) var lastHeardAt: NIODeadline
    /// Orders the connections of the listener by their last datagram.
    var lastHeardNumber: UInt64 = 0
    private var echoes = EchoLoopDetector()

    init(listener: UDPListener, address: SocketAddress, host: UDPHost, now: NIODeadline) {
        self.listener = listener
        self.address = address
        self.host = host
        self.lastHeardAt = now
    }

    /// - Parameter local: as for `localAddress`.
    func heard(_ payload: UnsafeRawBufferPointer, at local: LocalAddress?, _ now: NIODeadline) {
        self.lastHeardAt = self.listener.shard.clock.reading(at: now)
        self.localAddress = local
        self.echoes.heard(DatagramFingerprint(payload), at: now)
        if !self.isProven { self.host.received(bytes: UDPHeader.size + payload.count) }
    }

    /// Whether nothing has come for `timeout` or longer.
    ///
    /// - Parameter now: on the same clock as `lastHeardAt`.
    func isIdle(for timeout: TimeAmount, at now: NIODeadline) -> Bool {
        // A datagram that came before the clock has noticed that the loop stood still is as old as that.
        if self.lastHeardAt > now { self.lastHeardAt = now }
        return now - self.lastHeardAt >= timeout
    }

    /// Sends each frame as a datagram of its own, as far as its address may be sent anything.
    ///
    /// - Parameter frames: whole frames with `TCPHeader.two`.
    func send(_ frames: UnsafeRawBufferPointer, for connection: Connection) {
        DatagramRun(bytes: frames, datagramCount: 1, header: .two).forEachPayload { payload in
            let bytes = UDPHeader.size + payload.count
            let fingerprint = DatagramFingerprint(payload)
            if payload.count > UDPHeader.payloadBytesMax {
                connection.traffic.datagramsUnframeable += 1
            } else if self.echoes.withholds(fingerprint) || !self.maySend(bytes: bytes) {
                self.listener.socket?.count(\.withheld)
            } else if self.listener.socket?.send(payload: payload, to: self.address, from: self.localAddress) == true {
                self.echoes.sent(fingerprint)
                connection.traffic.datagramsOut += 1
                connection.traffic.bytesOut += UInt64(bytes)
            }
        }
    }

    private func maySend(bytes: Int) -> Bool {
        if self.isProven { return true }
        let shard = self.listener.shard
        return self.host.maySend(
            bytes: bytes,
            perSecond: shard.limits.unprovenUDPAnswersPerSecond,
            at: shard.eventLoop.now
        )
    }
}
