/// An address as text, a link-local one with its interface: `fe80::1%eth0`.
struct ScopedAddress {
    /// The text before `%`, whether or not it is an address.
    let address: String
    /// The name after `%`; nil without `%`.
    let interface: String?

    /// - Returns: nil when the text after `%` can't be an interface's name.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        self.address = String(parts[0])
        self.interface = parts.count > 1 ? String(parts[1]) : nil
        if let interface = self.interface, !Self.isInterfaceName(interface) { return nil }
    }

    /// As Linux names them: up to 15 bytes, without `/`, `:` and white space.
    private static func isInterfaceName(_ text: String) -> Bool {
        (1...15).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
    }
}
