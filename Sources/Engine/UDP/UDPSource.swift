import Glibc
import NIOCore

/// Tells which sources of datagrams are none that an answer could reach.
enum UDPSource {
    /// Whether a datagram can be sent there at all: not port 0, nor the unspecified, the broadcast or a multicast address.
    static func isAnswerable(_ address: SocketAddress) -> Bool {
        guard let port = address.port, port != 0, !address.isMulticast else { return false }
        switch address {
        case .v4(let address):
            return Self.isUnicast(ipv4: UInt32(bigEndian: address.address.sin_addr.s_addr))
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10..<12].allSatisfy { $0 == 0xFF }
            if isMapped { return Self.isUnicast(ipv4: bytes[12...].reduce(0) { $0 << 8 | UInt32($1) }) }
            return bytes.contains { $0 != 0 }
        case .unixDomainSocket:
            return false
        }
    }

    /// Whether an IPv4 address can be that of one interface: 0.0.0.0/8 is "this network", 224.0.0.0 and above are multicast,
    /// reserved and broadcast addresses.
    static func isUnicast(ipv4: UInt32) -> Bool {
        let network = ipv4 >> 24
        return network != 0 && network < 224
    }

    /// Whether the address is one of this machine's, its port aside. Asks the system.
    static func isLocal(_ address: SocketAddress) -> Bool {
        var local = address
        local.port = 0
        return local.withSockAddr { name, length in
            let probe = socket(CInt(name.pointee.sa_family), CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            // It can't be told apart: better not answered.
            guard probe >= 0 else { return true }
            defer { close(probe) }
            var off: CInt = 0
            // For IPv4 addresses as an IPv6 socket knows them; it fails on an IPv4 socket, where it is not needed.
            setsockopt(probe, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<CInt>.size))
            return bind(probe, name, socklen_t(length)) == 0
        }
    }
}
