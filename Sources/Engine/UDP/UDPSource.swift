import CLinux
import Glibc

/// Recognizes source addresses that no answer could reach.
enum UDPSource {
    /// Whether a datagram can be sent to an address. False for port 0, and for unspecified, broadcast and multicast
    /// addresses.
    static func isAnswerable(_ address: SocketAddress) -> Bool {
        guard address.port != 0 else { return false }
        let ip = address.ip
        return switch ip.family {
        case .ipv4: Self.isUnicast(ipv4: UInt32(truncatingIfNeeded: ip.value))
        case .ipv6: ip.value != 0 && !ip.isMulticast
        }
    }

    /// Whether an IPv4 address can belong to one interface. 0.0.0.0/8 means "this network"; 224.0.0.0 and above are
    /// multicast, reserved and broadcast addresses.
    static func isUnicast(ipv4: UInt32) -> Bool {
        let network = ipv4 >> 24
        return network != 0 && network < 224
    }

    /// Whether the address belongs to this machine, regardless of its port. Takes four system calls.
    static func isLocal(_ address: SocketAddress) -> Bool {
        let type = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let probe = socket(address.isIPv6 ? AF_INET6 : AF_INET, type, 0)
        // The system has no socket for the check. Report a local address, so that the source is not answered.
        guard probe >= 0 else { return true }
        defer { Descriptor.close(probe) }
        var off: CInt = 0
        // For IPv4-mapped addresses. On an IPv4 socket the call fails, which does no harm.
        setsockopt(probe, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<CInt>.size))
        return address.withPort(0).withSockAddr { bind(probe, $0, $1) } == 0
    }
}
