import CLinux
import Glibc

/// The TCP socket options for `Limits.keepAlive`, by which the system detects a peer that has vanished.
struct KeepAlive: Equatable {
    /// A socket option and its value.
    struct Option: Equatable {
        let level: CInt
        let name: CInt
        let value: CInt
    }

    /// The number of unanswered probes after which the system gives the peer up.
    private static let probes: CInt = 4

    let options: [Option]
    /// Whether a new socket already has these options.
    let isSystemDefault: Bool

    init(_ limits: Limits) {
        self.isSystemDefault = limits.keepAlive == nil
        guard let seconds = limits.keepAlive.map({ CInt($0.components.seconds) }) else {
            self.options = [Self.keepsAlive(0), Self.tcp(TCP_USER_TIMEOUT, 0)]
            return
        }
        precondition((1...3600).contains(seconds), "a keep-alive time outside of 1…3600 seconds")
        // TCP_USER_TIMEOUT also ends a live peer whose receive window stays closed. Without `pendingAge` such a peer
        // may stay, so the option is off.
        let userTimeoutMilliseconds = limits.pendingAge == nil ? 0 : 2000 * seconds
        self.options = [
            Self.tcp(TCP_KEEPIDLE, seconds), Self.tcp(TCP_KEEPINTVL, max(1, seconds / 4)),
            Self.tcp(TCP_KEEPCNT, Self.probes), Self.tcp(TCP_USER_TIMEOUT, userTimeoutMilliseconds),
            Self.keepsAlive(1),
        ]
    }

    /// - Returns: nil if the system took all options; otherwise its error number.
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
