/// From where connections are let in: from everywhere in `allow`, or anywhere when that is empty, but from nowhere in `deny`.
///
/// The order and the lengths of the ranges do not matter: what is denied is denied.
public struct AccessList: Sendable, Equatable {
    private let allow: Ranges
    private let deny: Ranges

    /// The defaults let everyone in.
    public init(allow: [IPNetwork] = [], deny: [IPNetwork] = []) {
        self.allow = Ranges(allow)
        self.deny = Ranges(deny)
    }

    /// - Parameter address: nil, that of a peer that has gone already, passes only where there is nothing to look up.
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

/// Networks by the lengths of their prefixes: to look one up takes as long as there are lengths, however many networks.
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
