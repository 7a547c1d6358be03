/// An address as text; a link-local address may have its interface: `fe80::1%eth0`.
struct ScopedAddress {
    /// The text before `%`. It need not be a valid address.
    let address: String
    /// The name after `%`; nil without `%`.
    let interface: String?

    /// - Returns: nil if the text after `%` is not a valid interface name.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        self.address = String(parts[0])
        self.interface = parts.count > 1 ? String(parts[1]) : nil
        if let interface = self.interface, !Self.isInterfaceName(interface) { return nil }
    }

    /// Linux interface names have up to 15 bytes, without `/`, `:` and white space.
    private static func isInterfaceName(_ text: String) -> Bool {
        (1...15).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
    }
}
