/// A range of IP addresses in CIDR notation, `10.0.0.0/8` or `2001:db8::/32`, or a single address, `192.0.2.1`.
///
/// An IPv4 range in IPv6 notation, `::ffff:10.0.0.0/104`, is the IPv4 range.
public struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    /// The reason why a text is not a network.
    public enum Mistake: Error, Equatable {
        /// The address is invalid, or the prefix length is not valid for its family.
        case notANetwork
        /// Bits are set after the prefix, so the text could mean an address or a range. `range` is the range with these
        /// bits cleared.
        case hostBits(range: IPNetwork)
    }

    let first: IPAddress
    /// The number of leading bits that all addresses of the range share.
    let prefixLength: Int

    private init(first: IPAddress, prefixLength: Int) {
        self.first = first
        self.prefixLength = prefixLength
    }

    /// Parses the notation of the configuration.
    public init(_ text: String) throws(Mistake) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { throw .notANetwork }
        let bitCount = address.family.bitCount
        var length = bitCount
        if parts.count == 2 {
            // An IPv4 address in IPv6 notation has lost its first 96 bits; subtract them from the given length.
            let written = parts[0].utf8.contains(UInt8(ascii: ":")) ? 128 : 32
            guard let given = Self.number(parts[1]), (0...bitCount).contains(given - (written - bitCount)) else {
                throw .notANetwork
            }
            length = given - (written - bitCount)
        }
        let range = IPNetwork(first: address.masked(length), prefixLength: length)
        guard range.first == address else { throw .hostBits(range: range) }
        self = range
    }

    func contains(_ address: IPAddress) -> Bool {
        address.family == self.first.family && address.masked(self.prefixLength) == self.first
    }

    /// CIDR notation. A single address has its prefix length too: `192.0.2.1/32`.
    public var description: String { "\(self.first)/\(self.prefixLength)" }

    /// Parses a decimal number without sign and leading zeros, both of which `Int.init` accepts.
    private static func number(_ text: Substring) -> Int? {
        let isPlain = text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        return isPlain && (text == "0" || !text.hasPrefix("0")) ? Int(text) : nil
    }
}
