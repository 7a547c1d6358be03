import CLinux
import Glibc

/// An IPv4 or IPv6 address as a number. An IPv4-mapped IPv6 address becomes the IPv4 address.
package struct IPAddress: Sendable, Hashable {
    package enum Family: Sendable, Hashable {
        case ipv4
        case ipv6

        var bitCount: Int { self == .ipv4 ? 32 : 128 }
    }

    package let family: Family
    /// The first bit of the address is bit `family.bitCount - 1`.
    package let value: UInt128

    package init(_ family: Family, _ value: UInt128) {
        let isMapped = family == .ipv6 && value >> 32 == 0xFFFF
        self.family = isMapped ? .ipv4 : family
        self.value = isMapped ? value & 0xFFFF_FFFF : value
    }

    /// nil if `text` is not a literal address.
    package init?(_ text: String) {
        if let value = Self.number(text, AF_INET, byteCount: 4) {
            self.init(.ipv4, value)
        } else if let value = Self.number(text, AF_INET6, byteCount: 16) {
            self.init(.ipv6, value)
        } else {
            return nil
        }
    }

    /// The address with all bits after the first `length` bits cleared.
    func masked(_ length: Int) -> IPAddress {
        // The bits to clear. A shift by the full width gives 0, so `length` 0 works too.
        let hostBits = self.family.bitCount - length
        return IPAddress(self.family, (self.value >> hostBits) << hostBits)
    }

    /// The address under which limits count a peer. For IPv6 it is the whole /64, since one subscriber has that many
    /// addresses. Each link-local address counts alone, since all hosts of a link share one /64.
    var forLimits: IPAddress { self.family == .ipv6 && !self.isLinkLocalIPv6 ? self.masked(64) : self }

    private static func number(_ text: String, _ family: CInt, byteCount: Int) -> UInt128? {
        // A C string would end at the NUL, and the rest of the text would not be checked.
        guard !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        return inet_pton(family, text, &bytes) == 1 ? bytes.withUnsafeBytes { Self.number($0) } : nil
    }

    private static func number(_ bytes: UnsafeRawBufferPointer) -> UInt128 {
        bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        var bytes = (0..<self.family.bitCount / 8).map { UInt8(truncatingIfNeeded: self.value >> ($0 * 8)) }
        bytes.reverse()
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(self.family == .ipv4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
