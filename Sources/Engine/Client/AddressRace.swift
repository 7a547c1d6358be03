/// Decides which address of a name is tried next and when, and collects the failures: RFC 8305, section 5.
///
/// The next address is tried as soon as an attempt fails, or after a delay without an answer. Earlier attempts
/// continue.
struct AddressRace {
    /// The longest time before the next address is tried: the RFC's recommended "Connection Attempt Delay".
    static let delayMax = Duration.milliseconds(250)
    /// The largest number of addresses tried for one name. It bounds the sockets, since each attempt may hold one. No
    /// legitimate name has more addresses.
    static let addressesMax = 64

    private var untried: ArraySlice<SocketAddress>
    private var underWayCount = 0
    /// The most telling failure so far.
    private(set) var failure: AddressFailure?

    /// - Parameter addresses: in the resolver's order of preference.
    init(_ addresses: [SocketAddress]) {
        self.untried = Self.interleaved(addresses).prefix(Self.addressesMax)
    }

    var hasUntried: Bool { !self.untried.isEmpty }

    /// Whether every address was tried and failed.
    var isLost: Bool { self.untried.isEmpty && self.underWayCount == 0 }

    /// Returns the address to try now; nil if all addresses were tried.
    mutating func next() -> SocketAddress? {
        guard let address = self.untried.popFirst() else { return nil }
        self.underWayCount += 1
        return address
    }

    mutating func attemptFailed(_ failure: AddressFailure) {
        self.underWayCount -= 1
        self.failure = failure.moreTelling(than: self.failure)
    }

    /// The time between the start of the current attempt and the start of the next one, at most `delayMax`. The
    /// remaining time is divided equally among the attempts.
    func delay(timeLeft: Duration) -> Duration {
        max(.zero, min(Self.delayMax, timeLeft / (self.untried.count + 1)))
    }

    /// Alternates the address families, beginning with the family of the first address: RFC 8305, section 4.
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        let preferred = addresses.filter { $0.isIPv6 == addresses[0].isIPv6 }
        let others = addresses.filter { $0.isIPv6 != addresses[0].isIPv6 }
        return (0..<max(preferred.count, others.count)).flatMap { index in
            [preferred, others].compactMap { $0.indices.contains(index) ? $0[index] : nil }
        }
    }
}
