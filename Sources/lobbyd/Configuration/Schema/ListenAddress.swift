import Glibc

/// What `listener.address` says, compared by what the kernel makes of it instead of by its spelling.
enum ListenAddress: Hashable {
    case everyInterface
    /// In network order.
    case ipv4([UInt8])
    case ipv6([UInt8])

    /// nil when `text` is neither `*` nor a literal address.
    init?(_ text: String) {
        if text == "*" {
            self = .everyInterface
        } else if let bytes = Self.bytes(of: text, family: AF_INET, count: MemoryLayout<in_addr>.size) {
            self = .ipv4(bytes)
        } else if let bytes = Self.bytes(of: text, family: AF_INET6, count: MemoryLayout<in6_addr>.size) {
            self = .ipv6(bytes)
        } else {
            return nil
        }
    }

    /// Whether the kernel refuses to let two sockets listen on these addresses with the same port. An IPv6 wildcard beside
    /// an IPv4 address depends on how the socket is made, so it is left for the bind to tell.
    func collides(with other: Self) -> Bool {
        switch (self, other) {
        case (.everyInterface, _), (_, .everyInterface): true
        case (.ipv4(let a), .ipv4(let b)), (.ipv6(let a), .ipv6(let b)): a == b || a.isWildcard || b.isWildcard
        default: false
        }
    }

    private static func bytes(of text: String, family: CInt, count: Int) -> [UInt8]? {
        // A C string would end there, and the rest would pass unseen.
        guard !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }
}

extension [UInt8] {
    fileprivate var isWildcard: Bool {
        self.allSatisfy { $0 == 0 }
    }
}
