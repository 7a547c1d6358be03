/// Where a socket listens: the addresses that the kernel takes clients at, whatever their spelling.
///
/// An IPv4 address written as IPv6, `::ffff:127.0.0.1`, is the IPv4 address. `::` is every interface, IPv6 and IPv4, unless it
/// is to be IPv6 only.
public struct ListenAddress: Sendable, Hashable {
    /// Why no client could find a socket there.
    public enum Fault: Sendable, Equatable {
        case multicast
        case broadcast
        /// It is link-local: the same address may be on several interfaces.
        case withoutInterface
        /// It is not link-local.
        case withInterface
    }

    /// `*`, where a host without IPv6 has IPv4.
    let isEveryInterface: Bool
    let ip: IPAddress
    /// The name after `%`.
    let interface: String?
    /// Whether IPv4 is left out; only for the IPv6 wildcard, since no other address has both.
    let isIPv6Only: Bool

    /// - Parameters:
    ///   - text: a literal address, a link-local one with its interface: `fe80::1%eth0`; nil is every interface.
    ///   - isIPv6Only: whether every interface is without IPv4.
    /// - Returns: nil when `text` is no literal address.
    public init?(_ text: String?, isIPv6Only: Bool = false) {
        guard let scoped = ScopedAddress(text ?? "::"), let ip = IPAddress(scoped.address) else { return nil }
        guard scoped.interface == nil || ip.family == .ipv6 else { return nil }
        self.ip = ip
        self.interface = scoped.interface
        self.isIPv6Only = isIPv6Only && ip == .everyIPv6
        self.isEveryInterface = text == nil && !isIPv6Only
    }

    /// An IPv4 address, also one that was written as IPv6.
    public var isIPv4: Bool { self.ip.family == .ipv4 }

    /// - Parameter broadcasts: the broadcast addresses of this host's networks.
    public func fault(broadcasts: Set<ListenAddress> = []) -> Fault? {
        if self.ip.isMulticast { return .multicast }
        if self.ip == .broadcast || broadcasts.contains(self) { return .broadcast }
        if self.ip.isLinkLocalIPv6 { return self.interface == nil ? .withoutInterface : nil }
        return self.interface == nil ? nil : .withInterface
    }

    /// Whether the kernel refuses to have two sockets with the same transport and port here and there.
    public func overlaps(_ other: Self) -> Bool {
        let (isWide, otherIsWide) = (self.ip.isWildcard, other.ip.isWildcard)
        let isSame = self.ip == other.ip && self.interface == other.interface
        let sharesIPv4 = self.takesIPv4 && other.takesIPv4
        let sharesIPv6 = self.takesIPv6 && other.takesIPv6
        return (sharesIPv4 || sharesIPv6) && (isWide || otherIsWide || isSame)
    }

    private var takesIPv4: Bool { self.isIPv4 || self.ip == .everyIPv6 && !self.isIPv6Only }
    private var takesIPv6: Bool { !self.isIPv4 }
}

extension IPAddress {
    static let everyIPv4 = IPAddress(.ipv4, 0)
    static let everyIPv6 = IPAddress(.ipv6, 0)
    /// Of the own network, whichever that is.
    static let broadcast = IPAddress(.ipv4, 0xFFFF_FFFF)

    var isWildcard: Bool { self.value == 0 }

    var isMulticast: Bool {
        switch self.family {
        case .ipv4: self.value >> 28 == 0xE
        case .ipv6: self.value >> 120 == 0xFF
        }
    }

    /// fe80::/10, which means another host on each interface.
    var isLinkLocalIPv6: Bool { self.family == .ipv6 && self.value >> 118 == 0x3FA }
}
