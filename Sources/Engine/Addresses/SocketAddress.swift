import CLinux
import Glibc

/// An IP address and a port as in a sockaddr. An IPv4 peer of an IPv6 socket has an IPv4-mapped IPv6 address here.
///
/// Hashing uses the random seed of the process. Otherwise peers could choose their ports so that hashes collide.
package struct SocketAddress: Hashable, Sendable {
    /// The first 8 bytes of an IPv6 address in memory order; 0 for IPv4.
    private let high: UInt64
    /// The last 8 bytes of an IPv6 address, or the 4 bytes of an IPv4 address, in memory order.
    private let low: UInt64
    /// The interface number of a link-local address; otherwise 0.
    package let scope: UInt32
    /// In memory order: big-endian.
    private let networkPort: UInt16
    /// Whether this is the address of an IPv6 socket.
    package let isIPv6: Bool

    init(_ address: sockaddr_in) {
        self.high = 0
        self.low = UInt64(address.sin_addr.s_addr)
        self.scope = 0
        self.networkPort = address.sin_port
        self.isIPv6 = false
    }

    init(_ address: sockaddr_in6) {
        (self.high, self.low) = withUnsafeBytes(of: address.sin6_addr) {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.scope = address.sin6_scope_id
        self.networkPort = address.sin6_port
        self.isIPv6 = true
    }

    /// Reads a sockaddr. nil for families other than IPv4 and IPv6.
    ///
    /// - Precondition: the memory at `address` has the length that its family requires.
    package init?(_ address: UnsafeRawPointer) {
        switch CInt(address.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET: self.init(address.loadUnaligned(as: sockaddr_in.self))
        case AF_INET6: self.init(address.loadUnaligned(as: sockaddr_in6.self))
        default: return nil
        }
    }

    /// - Parameters:
    ///   - port: 0…65,535.
    ///   - scope: the interface number of a link-local address.
    package init(_ ip: IPAddress, port: Int, scope: UInt32 = 0) {
        switch ip.family {
        case .ipv4:
            self.high = 0
            self.low = UInt64(UInt32(truncatingIfNeeded: ip.value).bigEndian)
            self.scope = 0
            self.isIPv6 = false
        case .ipv6:
            self.high = UInt64(truncatingIfNeeded: ip.value >> 64).bigEndian
            self.low = UInt64(truncatingIfNeeded: ip.value).bigEndian
            self.scope = scope
            self.isIPv6 = true
        }
        self.networkPort = UInt16(port).bigEndian
    }

    package var port: Int { Int(UInt16(bigEndian: self.networkPort)) }

    /// The IP address. An IPv4-mapped address becomes the IPv4 address.
    package var ip: IPAddress {
        guard self.isIPv6 else {
            return IPAddress(.ipv4, UInt128(UInt32(bigEndian: UInt32(truncatingIfNeeded: self.low))))
        }
        return IPAddress(.ipv6, UInt128(UInt64(bigEndian: self.high)) << 64 | UInt128(UInt64(bigEndian: self.low)))
    }

    /// Returns the same address with another port.
    func withPort(_ port: Int) -> SocketAddress {
        SocketAddress(high: self.high, low: self.low, scope: self.scope, port: port, isIPv6: self.isIPv6)
    }

    /// The same address for an IPv6 socket: an IPv4 address becomes IPv4-mapped.
    var forIPv6Socket: SocketAddress {
        guard !self.isIPv6 else { return self }
        // The IPv4-mapped prefix, ::ffff:0:0/96.
        let low = UInt64(0xFFFF).bigEndian >> 32 | self.low << 32
        return SocketAddress(high: 0, low: low, scope: 0, port: self.port, isIPv6: true)
    }

    private init(high: UInt64, low: UInt64, scope: UInt32, port: Int, isIPv6: Bool) {
        self.high = high
        self.low = low
        self.scope = scope
        self.networkPort = UInt16(port).bigEndian
        self.isIPv6 = isIPv6
    }

    /// Writes the address as a sockaddr.
    ///
    /// - Returns: the length of the sockaddr.
    @discardableResult
    func write(to storage: UnsafeMutablePointer<sockaddr_in6>) -> socklen_t {
        guard self.isIPv6 else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = self.networkPort
            address.sin_addr.s_addr = UInt32(truncatingIfNeeded: self.low)
            UnsafeMutableRawPointer(storage).storeBytes(of: address, as: sockaddr_in.self)
            return socklen_t(MemoryLayout<sockaddr_in>.size)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = self.networkPort
        address.sin6_scope_id = self.scope
        withUnsafeMutableBytes(of: &address.sin6_addr) {
            $0.storeBytes(of: self.high, as: UInt64.self)
            $0.storeBytes(of: self.low, toByteOffset: 8, as: UInt64.self)
        }
        storage.pointee = address
        return socklen_t(MemoryLayout<sockaddr_in6>.size)
    }

    /// Calls `body` with the address as a sockaddr.
    package func withSockAddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_in6()
        return withUnsafeMutablePointer(to: &storage) { storage in
            let length = self.write(to: storage)
            return storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// The result of a call such as getsockname(2); nil if the call fails or returns an address of another family.
    init?(of descriptor: CInt, _ call: (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt)
    {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        let address: SocketAddress? = withUnsafeBytes(of: &storage) { SocketAddress($0.baseAddress!) }
        guard let address else { return nil }
        self = address
    }
}
