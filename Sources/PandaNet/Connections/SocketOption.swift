import Engine
import Glibc

/// An option of setsockopt(2) with its value.
struct SocketOption: Sendable, Equatable {
    let level: CInt
    let name: CInt
    /// One number for most options; the two numbers of `struct linger` for SO_LINGER.
    let value: [CInt]

    init(_ level: CInt, _ name: CInt, _ value: CInt...) {
        self.level = level
        self.name = name
        self.value = value
    }

    /// Sets the option on a socket.
    ///
    /// - Throws: the system's error; ENOTCONN for a descriptor of -1.
    func set(on descriptor: CInt) throws(SystemError) {
        guard descriptor >= 0 else { throw SystemError(code: ENOTCONN, call: "setsockopt") }
        let length = socklen_t(self.value.count * MemoryLayout<CInt>.size)
        guard setsockopt(descriptor, self.level, self.name, self.value, length) == 0 else {
            throw SystemError(code: errno, call: "setsockopt")
        }
    }
}

extension SocketOption {
    static func noDelay(_ isOn: Bool) -> Self { Self(CInt(IPPROTO_TCP), TCP_NODELAY, isOn ? 1 : 0) }
    static func keepAlive(_ isOn: Bool) -> Self { Self(SOL_SOCKET, SO_KEEPALIVE, isOn ? 1 : 0) }
    static func receiveBuffer(_ bytes: Int) -> Self { Self(SOL_SOCKET, SO_RCVBUF, CInt(clamping: bytes)) }
    static func sendBuffer(_ bytes: Int) -> Self { Self(SOL_SOCKET, SO_SNDBUF, CInt(clamping: bytes)) }
    static func reuseAddress(_ isOn: Bool) -> Self { Self(SOL_SOCKET, SO_REUSEADDR, isOn ? 1 : 0) }
    static func maxSegment(_ bytes: Int) -> Self { Self(CInt(IPPROTO_TCP), TCP_MAXSEG, CInt(clamping: bytes)) }

    /// SO_LINGER in whole seconds, rounded up; nil switches it off.
    static func linger(_ time: Duration?) -> Self {
        let (seconds, attoseconds) = max(time ?? .zero, .zero).components
        let wholeSeconds = CInt(clamping: attoseconds > 0 ? seconds + 1 : seconds)
        return Self(SOL_SOCKET, SO_LINGER, time == nil ? 0 : 1, wholeSeconds)
    }

    static func timeToLive(_ hops: Int, isIPv6: Bool) -> Self {
        isIPv6
            ? Self(CInt(IPPROTO_IPV6), IPV6_UNICAST_HOPS, CInt(clamping: hops))
            : Self(CInt(IPPROTO_IP), IP_TTL, CInt(clamping: hops))
    }

    static func typeOfService(_ value: Int, isIPv6: Bool) -> Self {
        isIPv6
            ? Self(CInt(IPPROTO_IPV6), IPV6_TCLASS, CInt(clamping: value))
            : Self(CInt(IPPROTO_IP), IP_TOS, CInt(clamping: value))
    }
}
