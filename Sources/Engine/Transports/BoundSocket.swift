import CLinux
import Glibc

/// Opens non-blocking sockets and binds them to the address of a listener.
enum BoundSocket {
    enum Kind {
        case stream
        case datagram
    }

    /// Opens a socket and binds it. On a host without IPv6, the address of every interface means every interface over
    /// IPv4.
    ///
    /// - Parameters:
    ///   - port: 0 binds any free port.
    ///   - isSharing: true sets SO_REUSEPORT. Another socket of this process may then hold the port, if it has the
    ///     option too.
    /// - Returns: the descriptor. A TCP socket does not listen yet.
    static func open(
        _ kind: Kind,
        _ address: ListenAddress,
        port: Int,
        isSharing: Bool = false
    ) throws(SystemError) -> CInt {
        do throws(SystemError) {
            return try Self.bind(kind, try address.socketAddress(port: port), address.isIPv6Only, isSharing)
        } catch {
            let isWithoutIPv6 = error.code == EAFNOSUPPORT || error.code == EADDRNOTAVAIL
            guard address.isEveryInterface, isWithoutIPv6 else { throw error }
            return try Self.bind(kind, SocketAddress(.everyIPv4, port: port), false, isSharing)
        }
    }

    /// Sets or clears SO_REUSEPORT: whether other sockets of the same user may be bound to the same port.
    static func setSharing(_ descriptor: CInt, _ isOn: Bool) throws(SystemError) {
        try Self.set(descriptor, SOL_SOCKET, SO_REUSEPORT, isOn)
    }

    private static func bind(
        _ kind: Kind,
        _ address: SocketAddress,
        _ isIPv6Only: Bool,
        _ isSharing: Bool
    ) throws(SystemError) -> CInt {
        let type = kind == .stream ? SOCK_STREAM : SOCK_DGRAM
        let flags = CInt(type.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = try SystemError.check(socket(address.isIPv6 ? AF_INET6 : AF_INET, flags, 0), "socket")
        do throws(SystemError) {
            if kind == .stream { try Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, true) }
            if address.isIPv6 { try Self.set(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, isIPv6Only) }
            if isSharing { try Self.setSharing(descriptor, true) }
            try SystemError.check(address.withSockAddr { Glibc.bind(descriptor, $0, $1) }, "bind")
            return descriptor
        } catch {
            Descriptor.close(descriptor)
            throw error
        }
    }

    private static func set(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ isOn: Bool) throws(SystemError) {
        var value: CInt = isOn ? 1 : 0
        let size = socklen_t(MemoryLayout<CInt>.size)
        try SystemError.check(setsockopt(descriptor, level, option, &value, size), "setsockopt")
    }
}

extension ListenAddress {
    /// - Throws: ENODEV when the interface does not exist.
    fileprivate func socketAddress(port: Int) throws(SystemError) -> SocketAddress {
        guard let interface else { return SocketAddress(self.ip, port: port) }
        let index = if_nametoindex(interface)
        guard index != 0 else { throw SystemError(code: ENODEV, call: "if_nametoindex") }
        return SocketAddress(self.ip, port: port, scope: index)
    }
}
