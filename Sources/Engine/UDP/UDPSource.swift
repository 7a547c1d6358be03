import CLinux
import Glibc

/// Tells which sources of datagrams are none that an answer could reach.
enum UDPSource {
    /// Whether a datagram can be sent there at all: not port 0, nor the unspecified, the broadcast or a multicast address.
    static func isAnswerable(_ address: SocketAddress) -> Bool {
        guard address.port != 0 else { return false }
        let ip = address.ip
        return switch ip.family {
        case .ipv4: Self.isUnicast(ipv4: UInt32(truncatingIfNeeded: ip.value))
        case .ipv6: ip.value != 0 && !ip.isMulticast
        }
    }

    /// Whether an IPv4 address can be that of one interface: 0.0.0.0/8 is "this network", 224.0.0.0 and above are multicast,
    /// reserved and broadcast addresses.
    static func isUnicast(ipv4: UInt32) -> Bool {
        let network = ipv4 >> 24
        return network != 0 && network < 224
    }

    /// Whether the address is one of this machine's, its port aside. Asks the system, with four calls.
    static func isLocal(_ address: SocketAddress) -> Bool {
        let type = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let probe = socket(address.isIPv6 ? AF_INET6 : AF_INET, type, 0)
        // It can't be told apart: better not answered.
        guard probe >= 0 else { return true }
        defer { Descriptor.close(probe) }
        var off: CInt = 0
        // For IPv4 addresses as an IPv6 socket knows them; it fails on an IPv4 socket, where it is not needed.
        setsockopt(probe, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<CInt>.size))
        return address.withPort(0).withSockAddr { bind(probe, $0, $1) } == 0
    }
}
