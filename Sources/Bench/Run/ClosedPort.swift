import Engine
import Glibc

/// Finds out whether a UDP port is closed. The kernel reports that only to a connected socket. No call blocks.
final class ClosedPort {
    private let descriptor: CInt
    /// The socket's `errno`; nil without an error so far.
    private var failure: CInt?

    /// Sends an empty datagram. A relay drops it, because it is shorter than Panda3D's header.
    ///
    /// - Parameter server: a literal address.
    init?(probing server: NetAddress) {
        guard let ip = IPAddress(server.host) else { return nil }
        let address = SocketAddress(ip, port: server.port)
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        self.descriptor = socket(family, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard self.descriptor >= 0 else { return nil }
        let isConnected = address.withSockAddr { connect(self.descriptor, $0, $1) } == 0
        if !isConnected || send(self.descriptor, nil, 0, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)) < 0 {
            self.failure = errno
        }
    }

    deinit { close(self.descriptor) }

    /// The reason why no datagram reaches the port; nil while none is known.
    func reason() -> String? {
        if self.failure == nil {
            var code: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            if getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code != 0 { self.failure = code }
        }
        return self.failure.map { String(cString: strerror($0)) }
    }
}
