import Glibc
import NIOCore

/// Opens and binds the sockets that NIO is given: NIO itself binds neither IPv6 without IPv4 nor a link-local address.
enum BoundSocket {
    enum Kind {
        case stream
        case datagram
    }

    /// - Parameters:
    ///   - port: 0 takes any free port.
    ///   - isSharing: whether sockets of this process that share their port as well (SO_REUSEPORT) may be in its way.
    /// - Returns: its descriptor; over TCP it does not listen yet.
    static func open(
        _ kind: Kind,
        _ address: ListenAddress,
        port: Int,
        isSharing: Bool = false
    ) throws(IOError) -> CInt {
        do throws(IOError) {
            return try Self.bind(kind, try address.socketAddress(port: port), address.isIPv6Only, isSharing)
        } catch {
            let isWithoutIPv6 = error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL
            guard address.isEveryInterface, isWithoutIPv6 else { throw error }
            return try Self.bind(kind, IPAddress.everyIPv4.socketAddress(port: port), false, isSharing)
        }
    }

    /// Whether other sockets of this user may be bound beside a socket (SO_REUSEPORT).
    static func setSharing(_ descriptor: CInt, _ isOn: Bool) throws(IOError) {
        try Self.set(descriptor, SOL_SOCKET, SO_REUSEPORT, isOn)
    }

    private static func bind(
        _ kind: Kind,
        _ address: SocketAddress,
        _ isIPv6Only: Bool,
        _ isSharing: Bool
    ) throws(IOError) -> CInt {
        let type = kind == .stream ? SOCK_STREAM : SOCK_DGRAM
        let descriptor = socket(CInt(address.protocol.rawValue), CInt(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        do throws(IOError) {
            if kind == .stream { try Self.set(descriptor, SOL_SOCKET, SO_REUSEADDR, true) }
            if address.protocol == .inet6 { try Self.set(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, isIPv6Only) }
            if isSharing { try Self.setSharing(descriptor, true) }
            let bound = address.withSockAddr { name, length in Glibc.bind(descriptor, name, socklen_t(length)) }
            guard bound == 0 else { throw IOError(errnoCode: errno, reason: "bind") }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func set(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ isOn: Bool) throws(IOError) {
        var value: CInt = isOn ? 1 : 0
        let result = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
        guard result == 0 else { throw IOError(errnoCode: errno, reason: "setsockopt") }
    }
}

extension ListenAddress {
    /// - Throws: ENODEV when the interface is not there.
    fileprivate func socketAddress(port: Int) throws(IOError) -> SocketAddress {
        guard let interface else { return self.ip.socketAddress(port: port) }
        let index = if_nametoindex(interface)
        guard index != 0 else { throw IOError(errnoCode: ENODEV, reason: "if_nametoindex") }
        return self.ip.socketAddress(port: port, scope: index)
    }
}
