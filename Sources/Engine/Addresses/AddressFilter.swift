/// Which peers an operator means by an address or a range of them, as in `AccessList`.
///
/// A single address may have the brackets that lists show it in, and a link-local one its interface: `[::1]`, `fe80::1%eth0`.
/// Without interface, a link-local address is that address on each of them.
public struct AddressFilter: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    public let description: String
    private let network: IPNetwork
    private let interface: String?

    /// - Throws: when `text` is none of these.
    public init(_ text: String) throws(IPNetwork.Mistake) {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]") && text.utf8.count > 2
        let bare = isBracketed ? text.dropFirst().dropLast() : text[...]
        guard let scoped = ScopedAddress(bare) else { throw .notANetwork }
        self.description = text
        self.network = try IPNetwork(scoped.address)
        self.interface = scoped.interface
        let isOneAddress = self.network.prefixLength == self.network.first.family.bitCount
        if isBracketed, !scoped.address.contains(":") || scoped.address.contains("/") { throw .notANetwork }
        if self.interface != nil, !isOneAddress || !self.network.first.isLinkLocalIPv6 { throw .notANetwork }
    }

    public func contains(_ address: NetAddress) -> Bool {
        guard let ip = address.ipAddress, self.network.contains(ip) else { return false }
        return self.interface == nil || self.interface == address.interface
    }

    /// Why a text is refused, as the end of "found X, …".
    public static func refusal(because mistake: IPNetwork.Mistake) -> String {
        let expected = "expected an address or a range of them (such as 192.0.2.0/24) with no bits set after its prefix"
        return switch mistake {
        case .notANetwork: expected
        case .hostBits(let range): "\(expected); did you mean \(range)?"
        }
    }
}
