/// Which address of a name is tried next and when, and what became of those that were: RFC 8305, section 5.
///
/// The next one is tried as soon as one has failed, or when none has answered for a while; the others stay in the race.
struct AddressRace {
    /// How long an address is alone at most: the RFC's recommended "Connection Attempt Delay".
    static let delayMax = Duration.milliseconds(250)
    /// Addresses of one name that are tried; each may hold a socket. More than this no honest name has.
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

    /// Every address was tried and has failed.
    var isLost: Bool { self.untried.isEmpty && self.underWayCount == 0 }

    /// The address to be tried now; nil when there is none left.
    mutating func next() -> SocketAddress? {
        guard let address = self.untried.popFirst() else { return nil }
        self.underWayCount += 1
        return address
    }

    mutating func attemptFailed(_ failure: AddressFailure) {
        self.underWayCount -= 1
        self.failure = failure.moreTelling(than: self.failure)
    }

    /// How long to wait for the address that was just tried before the next one joins it: so that each gets its share.
    func delay(timeLeft: Duration) -> Duration {
        max(.zero, min(Self.delayMax, timeLeft / (self.untried.count + 1)))
    }

    /// The same addresses, their families by turns, beginning with the first one's: RFC 8305, section 4.
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        let preferred = addresses.filter { $0.isIPv6 == addresses[0].isIPv6 }
        let others = addresses.filter { $0.isIPv6 != addresses[0].isIPv6 }
        return (0..<max(preferred.count, others.count)).flatMap { index in
            [preferred, others].compactMap { $0.indices.contains(index) ? $0[index] : nil }
        }
    }
}
