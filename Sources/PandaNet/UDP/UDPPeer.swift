import NIOCore
import Wire

/// What a connection over UDP has in place of a channel. Event loop only.
final class UDPPeer {
    let listener: UDPListener
    /// What it is known by.
    let address: SocketAddress
    let host: UDPHost
    /// When its last valid datagram came.
    private(set) var lastHeardAt: NIODeadline

    init(listener: UDPListener, address: SocketAddress, host: UDPHost, now: NIODeadline) {
        self.listener = listener
        self.address = address
        self.host = host
        self.lastHeardAt = now
    }

    /// - Parameter bytes: those of the whole datagram, its header included.
    func heard(bytes: Int, at now: NIODeadline) {
        self.lastHeardAt = now
        self.host.received(bytes: bytes)
    }

    /// Whether nothing has come for `timeout` or longer.
    func isIdle(for timeout: TimeAmount, at now: NIODeadline) -> Bool {
        now - self.lastHeardAt >= timeout
    }

    /// Sends each frame as a datagram of its own, as far as its address may be sent anything.
    ///
    /// - Parameter frames: whole frames with `TCPHeader.two`.
    func send(_ frames: UnsafeRawBufferPointer, for connection: Connection) {
        DatagramRun(bytes: frames, datagramCount: 1, header: .two).forEachPayload { payload in
            let bytes = UDPHeader.size + payload.count
            if payload.count > UDPHeader.payloadBytesMax {
                connection.traffic.datagramsUnframeable += 1
            } else if !self.host.maySend(bytes: bytes) {
                self.listener.socket?.count(\.withheld)
            } else if self.listener.socket?.send(payload: payload, to: self.address) == true {
                connection.traffic.datagramsOut += 1
                connection.traffic.bytesOut += UInt64(bytes)
            }
        }
    }
}
