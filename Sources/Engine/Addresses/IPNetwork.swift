/// A range of IP addresses in CIDR notation: `10.0.0.0/8`, `2001:db8::/32`; or one of them, `192.0.2.1`.
///
/// An IPv4 range written as IPv6, `::ffff:10.0.0.0/104`, is the IPv4 range.
public struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is no network.
    public enum Mistake: Error, Equatable {
        /// Not an address, or not a length that its kind of address has.
        case notANetwork
        /// It has bits set after the prefix, so that it may mean one address or a range; the range is given.
        case hostBits(range: IPNetwork)
    }

    let first: IPAddress
    /// Bits that all its addresses have in common.
    let prefixLength: Int

    private init(first: IPAddress, prefixLength: Int) {
        self.first = first
        self.prefixLength = prefixLength
    }

    /// Takes it as an operator writes it.
    public init(_ text: String) throws(Mistake) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { throw .notANetwork }
        let bitCount = address.family.bitCount
        var length = bitCount
        if parts.count == 2 {
            // Of one that was written as IPv6 and is not, the first 96 bits are gone.
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

    /// `10.0.0.0/8`; a single address has its length too.
    public var description: String { "\(self.first)/\(self.prefixLength)" }

    /// `Int.init` takes a sign, and any number of zeros.
    private static func number(_ text: Substring) -> Int? {
        let isPlain = text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        return isPlain && (text == "0" || !text.hasPrefix("0")) ? Int(text) : nil
    }
}
