/// The addresses that may connect: all addresses in `allow`, or every address if `allow` is empty, except the addresses
/// in `deny`.
///
/// `deny` always wins, regardless of the order and the lengths of the ranges.
public struct AccessList: Sendable, Equatable {
    private let allow: Ranges
    private let deny: Ranges

    /// The defaults permit every address.
    public init(allow: [IPNetwork] = [], deny: [IPNetwork] = []) {
        self.allow = Ranges(allow)
        self.deny = Ranges(deny)
    }

    /// - Parameter address: nil if the peer has already left. A list with any range refuses nil.
    func permits(_ address: IPAddress?) -> Bool {
        if self.allow.isEmpty && self.deny.isEmpty { return true }
        guard let address, !self.deny.contains(address) else { return false }
        return self.allow.isEmpty || self.allow.contains(address)
    }

    func permits(_ address: NetAddress) -> Bool {
        if self.allow.isEmpty && self.deny.isEmpty { return true }
        return self.permits(address.ipAddress)
    }
}

/// Networks grouped by prefix length. The time of a lookup depends on the number of different lengths, not on the
/// number of networks.
private struct Ranges: Sendable, Equatable {
    private var firsts: [Int: Set<IPAddress>] = [:]

    init(_ networks: [IPNetwork]) {
        for network in networks { self.firsts[network.prefixLength, default: []].insert(network.first) }
    }

    var isEmpty: Bool { self.firsts.isEmpty }

    func contains(_ address: IPAddress) -> Bool {
        self.firsts.contains { length, firsts in
            length <= address.family.bitCount && firsts.contains(address.masked(length))
        }
    }
}
