import CLinux
import Glibc

/// A connection attempt to one address: a connecting socket on the dial's event loop.
final class DialAttempt: EventSource {
    private let address: SocketAddress
    private unowned let dial: ClientDial

    /// Starts to connect.
    ///
    /// - Throws: `SystemError` if the system has no socket or refuses the address at once.
    init(_ address: SocketAddress, dial: ClientDial) throws(SystemError) {
        self.address = address
        self.dial = dial
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        super.init(descriptor: try SystemError.check(socket(family, kind, 0), "socket"), loop: dial.shard.loop)
        do throws(SystemError) {
            try StreamOptions.useForClient(self.descriptor)
            try self.connect()
            // If the socket is already connected, the poller reports it at once.
            try self.loop.setInterest(.writable, of: self)
        } catch {
            self.closeDescriptor()
            throw error
        }
    }

    private func connect() throws(SystemError) {
        let result = self.address.withSockAddr { Glibc.connect(self.descriptor, $0, $1) }
        // A connect that a signal interrupted continues in the background.
        guard result == 0 || errno == EINPROGRESS || errno == EINTR else {
            throw SystemError(code: errno, call: "connect")
        }
    }

    override func ready(_ events: PollEvents) {
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        if getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &code, &size) != 0 { code = errno }
        if code == 0 {
            self.dial.connected(self, to: self.address)
        } else {
            self.dial.failed(self, code)
        }
    }
}
