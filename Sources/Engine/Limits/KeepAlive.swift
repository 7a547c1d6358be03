import CLinux
import Glibc

/// What the system does to notice that a peer has vanished: `Limits.keepAlive` as options of a TCP socket.
struct KeepAlive: Equatable {
    /// One option and its value.
    struct Option: Equatable {
        let level: CInt
        let name: CInt
        let value: CInt
    }

    /// Probes without an answer after which the peer is gone.
    private static let probes: CInt = 4

    let options: [Option]
    /// Whether a new socket has these options already.
    let isSystemDefault: Bool

    init(_ limits: Limits) {
        self.isSystemDefault = limits.keepAlive == nil
        guard let seconds = limits.keepAlive.map({ CInt($0.components.seconds) }) else {
            self.options = [Self.keepsAlive(0), Self.tcp(TCP_USER_TIMEOUT, 0)]
            return
        }
        precondition((1...3600).contains(seconds), "a keep-alive time that sockets do not take")
        // The user timeout also ends a live peer whose window has been full for that long; `pendingAge` decides about that.
        let userTimeoutMilliseconds = limits.pendingAge == nil ? 0 : 2000 * seconds
        self.options = [
            Self.tcp(TCP_KEEPIDLE, seconds), Self.tcp(TCP_KEEPINTVL, max(1, seconds / 4)),
            Self.tcp(TCP_KEEPCNT, Self.probes), Self.tcp(TCP_USER_TIMEOUT, userTimeoutMilliseconds),
            Self.keepsAlive(1),
        ]
    }

    /// - Returns: the error number of the system; nil when it took all options.
    func apply(to descriptor: CInt) -> CInt? {
        for option in self.options {
            var value = option.value
            let size = socklen_t(MemoryLayout<CInt>.size)
            guard setsockopt(descriptor, option.level, option.name, &value, size) == 0 else { return errno }
        }
        return nil
    }

    private static func keepsAlive(_ isOn: CInt) -> Option {
        Option(level: SOL_SOCKET, name: SO_KEEPALIVE, value: isOn)
    }

    private static func tcp(_ name: CInt, _ value: CInt) -> Option {
        Option(level: CInt(IPPROTO_TCP), name: name, value: value)
    }
}
