/// The allowance for datagrams to the unproven ports of one address: no more bytes and no more datagrams than came from
/// these ports. A rate may limit the datagrams in a second as well.
///
/// Bytes and datagrams both count, because each datagram costs the network a header besides its bytes.
struct UDPAllowance: Equatable {
    private(set) var bytes = 0
    private(set) var datagrams = 0
    /// nil if the rate is not limited.
    private var rate: TokenBucket?

    /// - Parameter bytes: the length of one datagram, its header included.
    mutating func received(bytes: Int) {
        self.bytes += bytes
        self.datagrams += 1
    }

    /// Takes the cost of one datagram.
    ///
    /// - Parameter perSecond: the rate, with a burst of one second; nil means no limit.
    /// - Returns: false if the datagram exceeds the allowance, which is unchanged then.
    mutating func spend(bytes: Int, perSecond: Int?, at now: Instant) -> Bool {
        guard self.datagrams > 0, self.bytes >= bytes, self.keepsRate(perSecond, at: now) else { return false }
        self.bytes -= bytes
        self.datagrams -= 1
        return true
    }

    private mutating func keepsRate(_ perSecond: Int?, at now: Instant) -> Bool {
        if self.rate?.rate != perSecond { self.rate = perSecond.map { TokenBucket(rate: $0, at: now) } }
        return self.rate?.take(1, at: now) ?? true
    }
}
