/// The address at which a socket listens. Two spellings of one address are equal.
///
/// An IPv4-mapped address, `::ffff:127.0.0.1`, is the IPv4 address. `::` means every interface over IPv6 and IPv4,
/// unless `isIPv6Only` is set.
public struct ListenAddress: Sendable, Hashable {
    /// The reason why no client could reach a socket at the address.
    public enum Fault: Sendable, Equatable {
        case multicast
        case broadcast
        /// The address is link-local and needs an interface, since the same address may exist on several interfaces.
        case withoutInterface
        /// The address has an interface but is not link-local.
        case withInterface
    }

    /// Whether the address is `*`, every interface over IPv6 and IPv4. On a host without IPv6, `*` means every
    /// interface over IPv4.
    let isEveryInterface: Bool
    let ip: IPAddress
    /// The name after `%`.
    let interface: String?
    /// Whether the IPv6 wildcard excludes IPv4. False for every other address.
    let isIPv6Only: Bool

    /// - Parameters:
    ///   - text: a literal address; a link-local one has its interface: `fe80::1%eth0`. nil means every interface.
    ///   - isIPv6Only: whether the wildcard excludes IPv4.
    /// - Returns: nil if `text` is not a literal address.
    public init?(_ text: String?, isIPv6Only: Bool = false) {
        guard let scoped = ScopedAddress(text ?? "::"), let ip = IPAddress(scoped.address) else { return nil }
        guard scoped.interface == nil || ip.family == .ipv6 else { return nil }
        self.ip = ip
        self.interface = scoped.interface
        self.isIPv6Only = isIPv6Only && ip == .everyIPv6
        self.isEveryInterface = text == nil && !isIPv6Only
    }

    /// Whether this is an IPv4 address, in IPv4 or IPv6 notation.
    public var isIPv4: Bool { self.ip.family == .ipv4 }

    /// The reason why no client could reach a socket here; nil if clients can.
    ///
    /// - Parameter broadcasts: the broadcast addresses of this host's networks.
    public func fault(broadcasts: Set<ListenAddress> = []) -> Fault? {
        if self.ip.isMulticast { return .multicast }
        if self.ip == .broadcast || broadcasts.contains(self) { return .broadcast }
        if self.ip.isLinkLocalIPv6 { return self.interface == nil ? .withoutInterface : nil }
        return self.interface == nil ? nil : .withInterface
    }

    /// Whether the kernel refuses two sockets with the same transport and port at these two addresses.
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
    /// The limited broadcast address, 255.255.255.255. It means the local network, regardless of the network's range.
    static let broadcast = IPAddress(.ipv4, 0xFFFF_FFFF)

    var isWildcard: Bool { self.value == 0 }

    var isMulticast: Bool {
        switch self.family {
        case .ipv4: self.value >> 28 == 0xE
        case .ipv6: self.value >> 120 == 0xFF
        }
    }

    /// Whether the address is in fe80::/10. Such an address can belong to different hosts on different interfaces.
    var isLinkLocalIPv6: Bool { self.family == .ipv6 && self.value >> 118 == 0x3FA }
}
