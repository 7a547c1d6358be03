import Glibc
import NIOCore

/// The address of this machine that a datagram was sent to. The answer leaves from it: a client takes no other.
///
/// A socket that is bound to one address needs none.
enum LocalAddress: Sendable, Equatable {
    /// The octets in network byte order.
    case ipv4(UInt32)
    /// The octets in memory order; also an IPv4-mapped address.
    ///
    /// - Parameter interface: for link-local addresses, which exist once on each interface; otherwise 0.
    case ipv6(UInt128, interface: UInt32)

    /// nil for a broadcast or multicast address that shows as such, from which no datagram can be sent: there the system
    /// chooses, as it does for `ipi_spec_dst`.
    init?(_ info: NIOPacketInfo) {
        switch info.destinationAddress {
        case .v4(let address):
            let octets = address.address.sin_addr.s_addr
            guard UDPSource.isUnicast(ipv4: UInt32(bigEndian: octets)) else { return nil }
            self = .ipv4(octets)
        case .v6(let address):
            let octets = withUnsafeBytes(of: address.address.sin6_addr) { $0.loadUnaligned(as: UInt128.self) }
            let number = UInt128(bigEndian: octets)
            if number >> 32 == 0xFFFF, !UDPSource.isUnicast(ipv4: UInt32(truncatingIfNeeded: number)) { return nil }
            guard number >> 120 != 0xFF, number != 0 else { return nil }
            let isLinkLocal = number >> 118 == 0xFE80 >> 6
            self = .ipv6(octets, interface: isLinkLocal ? UInt32(info.interfaceIndex) : 0)
        case .unixDomainSocket:
            return nil
        }
    }

    /// Bytes that a control message takes at most: a header of 16, then `in6_pktinfo` of 20, filled up to a multiple of 8.
    static let controlBytesMax = 40

    /// Writes the control message that makes this the source of a datagram (ip(7) IP_PKTINFO, ipv6(7) IPV6_PKTINFO).
    ///
    /// | bytes | `in_pktinfo` | `in6_pktinfo` |
    /// |---|---|---|
    /// | 0–15 | header: length, level, type | the same |
    /// | 16–19 | interface | address, to byte 31 |
    /// | 20–23 | address | |
    /// | 24–27 | unused | |
    /// | 32–35 | | interface |
    ///
    /// - Returns: the bytes written.
    func writeControl(to buffer: UnsafeMutableRawBufferPointer) -> Int {
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        switch self {
        case .ipv4(let octets):
            buffer.storeBytes(of: octets, toByteOffset: 20, as: UInt32.self)
            return Self.writeHeader(CInt(IPPROTO_IP), CInt(IP_PKTINFO), length: 28, to: buffer)
        case .ipv6(let octets, let interface):
            buffer.storeBytes(of: octets, toByteOffset: 16, as: UInt128.self)
            buffer.storeBytes(of: interface, toByteOffset: 32, as: UInt32.self)
            return Self.writeHeader(CInt(IPPROTO_IPV6), CInt(IPV6_PKTINFO), length: 36, to: buffer)
        }
    }

    private static func writeHeader(
        _ level: CInt,
        _ type: CInt,
        length: Int,
        to buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        buffer.storeBytes(of: length, toByteOffset: 0, as: Int.self)
        buffer.storeBytes(of: level, toByteOffset: 8, as: CInt.self)
        buffer.storeBytes(of: type, toByteOffset: 12, as: CInt.self)
        return (length + 7) & ~7
    }
}
