/// An address or a range of addresses by which an operator selects peers.
///
/// A single address may have brackets, `[::1]`, as in lists of connections. A link-local address may have its
/// interface, `fe80::1%eth0`. Without an interface, it matches on every interface.
public struct AddressFilter: Sendable, Hashable, CustomStringConvertible {
    /// The text as the operator wrote it.
    public let description: String
    private let network: IPNetwork
    private let interface: String?

    /// - Throws: `IPNetwork.Mistake` if `text` has another form.
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

    /// The reason for refusing a text: the second half of an error text that begins with "found X, ".
    public static func refusal(because mistake: IPNetwork.Mistake) -> String {
        let expected = "expected an address or a range of addresses (such as 192.0.2.0/24) whose host bits are zero"
        return switch mistake {
        case .notANetwork: expected
        case .hostBits(let range): "\(expected); did you mean \(range)?"
        }
    }
}
