import CLinux
import Glibc

/// One address that a dial tries: a socket that connects, on the dial's event loop.
final class DialAttempt: EventSource {
    private let address: SocketAddress
    private unowned let dial: ClientDial

    /// Begins to connect.
    ///
    /// - Throws: when the system has no socket, or knows at once that it can't.
    init(_ address: SocketAddress, dial: ClientDial) throws(SystemError) {
        self.address = address
        self.dial = dial
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let family = address.isIPv6 ? AF_INET6 : AF_INET
        super.init(descriptor: try SystemError.check(socket(family, kind, 0), "socket"), loop: dial.shard.loop)
        do throws(SystemError) {
            try StreamOptions.useForClient(self.descriptor)
            try self.connect()
            // Also where it is connected already: the poller tells of that at once.
            try self.loop.setInterest(.writable, of: self)
        } catch {
            self.closeDescriptor()
            throw error
        }
    }

    private func connect() throws(SystemError) {
        let result = self.address.withSockAddr { Glibc.connect(self.descriptor, $0, $1) }
        // One that a signal has interrupted goes on by itself.
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
