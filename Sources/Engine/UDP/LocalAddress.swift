import CLinux
import Glibc

/// The address of this machine to which a datagram was sent. The answer must have it as its source, since clients
/// accept no other source.
///
/// A socket that is bound to one address does not need this.
enum LocalAddress: Sendable, Equatable {
    /// The octets in network byte order.
    case ipv4(UInt32)
    /// The octets in memory order. The address may be IPv4-mapped.
    ///
    /// - Parameter interface: the interface of a link-local address, which may exist on each interface; otherwise 0.
    case ipv6(UInt128, interface: UInt32)

    /// nil for an address that is recognizable as broadcast, multicast or reserved.
    ///
    /// No datagram can have such an address as its source. With nil, the system chooses the source, as it does for
    /// `ipi_spec_dst`.
    init?(ipv4 octets: UInt32) {
        guard UDPSource.isUnicast(ipv4: UInt32(bigEndian: octets)) else { return nil }
        self = .ipv4(octets)
    }

    /// Like `init(ipv4:)`, for an IPv6 socket.
    ///
    /// - Parameter interface: the interface on which the datagram arrived.
    init?(ipv6 octets: UInt128, interface: UInt32) {
        let number = UInt128(bigEndian: octets)
        if number >> 32 == 0xFFFF, !UDPSource.isUnicast(ipv4: UInt32(truncatingIfNeeded: number)) { return nil }
        guard number >> 120 != 0xFF, number != 0 else { return nil }
        let isLinkLocal = number >> 118 == 0xFE80 >> 6
        self = .ipv6(octets, interface: isLinkLocal ? interface : 0)
    }

    /// Whether a send failed because of its source address: the broadcast address of a network, or an address that this
    /// machine has lost. The caller then sends the datagram again and lets the system choose the source.
    static func isRefused(_ error: CInt) -> Bool {
        error == EINVAL || error == ENETUNREACH || error == EADDRNOTAVAIL
    }
}

// MARK: - Control messages

/// The layout of a control message: a header, then the fields below, padded to a multiple of 8 bytes (ip(7) IP_PKTINFO,
/// ipv6(7) IPV6_PKTINFO, cmsg(3)).
///
/// | bytes | `in_pktinfo` | `in6_pktinfo` |
/// |---|---|---|
/// | 0–15 | header: length, level, type | the same |
/// | 16–19 | interface | address, to byte 31 |
/// | 20–23 | source of an answer | |
/// | 24–27 | destination | |
/// | 32–35 | | interface |
extension LocalAddress {
    /// The largest length of an answer's control message, in bytes.
    static let controlBytesMax = 40
    /// The buffer size for the control messages of a received datagram. An inherited socket may also request other
    /// messages.
    static let receivedControlBytesMax = 128

    private static let headerBytes = 16
    private static let ipv4Bytes = 28
    private static let ipv6Bytes = 36

    /// Requests the control message for each received datagram.
    static func ask(_ descriptor: CInt, isIPv6: Bool) throws(SystemError) {
        var isOn: CInt = 1
        let (level, option) = isIPv6 ? (CInt(IPPROTO_IPV6), IPV6_RECVPKTINFO) : (CInt(IPPROTO_IP), IP_PKTINFO)
        let size = socklen_t(MemoryLayout<CInt>.size)
        try SystemError.check(setsockopt(descriptor, level, option, &isOn, size), "setsockopt")
    }

    /// Finds the address in the control messages of a received datagram; nil if it is missing or cannot be a source.
    init?(control: UnsafeRawBufferPointer) {
        var offset = 0
        while control.count - offset >= Self.headerBytes {
            let length = control.loadUnaligned(fromByteOffset: offset, as: Int.self)
            guard length >= Self.headerBytes, length <= control.count - offset else { return nil }
            let level = control.loadUnaligned(fromByteOffset: offset + 8, as: CInt.self)
            let type = control.loadUnaligned(fromByteOffset: offset + 12, as: CInt.self)
            if level == CInt(IPPROTO_IP), type == CInt(IP_PKTINFO), length == Self.ipv4Bytes {
                self.init(ipv4: control.loadUnaligned(fromByteOffset: offset + 24, as: UInt32.self))
                return
            }
            if level == CInt(IPPROTO_IPV6), type == CInt(IPV6_PKTINFO), length == Self.ipv6Bytes {
                self.init(
                    ipv6: control.loadUnaligned(fromByteOffset: offset + 16, as: UInt128.self),
                    interface: control.loadUnaligned(fromByteOffset: offset + 32, as: UInt32.self)
                )
                return
            }
            offset += (length + 7) & ~7
        }
        return nil
    }

    /// Writes the control message that makes this address the source of a datagram.
    ///
    /// - Parameter buffer: `controlBytesMax` bytes.
    /// - Returns: the number of bytes written.
    func writeControl(to buffer: UnsafeMutableRawBufferPointer) -> Int {
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        switch self {
        case .ipv4(let octets):
            buffer.storeBytes(of: octets, toByteOffset: 20, as: UInt32.self)
            return Self.writeHeader(CInt(IPPROTO_IP), CInt(IP_PKTINFO), length: Self.ipv4Bytes, to: buffer)
        case .ipv6(let octets, let interface):
            buffer.storeBytes(of: octets, toByteOffset: 16, as: UInt128.self)
            buffer.storeBytes(of: interface, toByteOffset: 32, as: UInt32.self)
            return Self.writeHeader(CInt(IPPROTO_IPV6), CInt(IPV6_PKTINFO), length: Self.ipv6Bytes, to: buffer)
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

// MARK: - The addresses of many peers

/// Stores for each peer of a UDP socket the address of this machine to which the peer sent last.
///
/// The number of peers is bounded. When it is exceeded, the least recently heard peers are forgotten.
struct RecentLocalAddresses {
    /// The number of peers in each of two generations.
    static let peersMax = 4096

    private var current: [SocketAddress: LocalAddress] = [:]
    private var previous: [SocketAddress: LocalAddress] = [:]

    var count: Int { self.current.count + self.previous.count }

    /// nil for an unknown peer.
    subscript(peer: SocketAddress) -> LocalAddress? {
        self.current[peer] ?? self.previous[peer]
    }

    mutating func heard(_ peer: SocketAddress, at local: LocalAddress?) {
        guard let local else {
            self.current[peer] = nil
            self.previous[peer] = nil
            return
        }
        if self.current.updateValue(local, forKey: peer) == nil, self.current.count >= Self.peersMax {
            self.previous = self.current
            self.current = [:]
        }
    }
}
