import NIOCore

/// What one connection may bring in a second.
struct ReceiveRates: Equatable {
    private var datagrams: TokenBucket?
    private var bytes: TokenBucket?

    /// nil where the limits set no rate, so that nothing has to look at the time.
    init?(_ limits: Limits, at now: NIODeadline) {
        guard limits.datagramsPerSecond != nil || limits.bytesPerSecond != nil else { return nil }
        self.datagrams = limits.datagramsPerSecond.map { TokenBucket(rate: $0, at: now) }
        self.bytes = limits.bytesPerSecond.map { TokenBucket(rate: $0, at: now) }
    }

    /// The rates of other limits; one that is as it was goes on from where it is.
    func changed(to limits: Limits, at now: NIODeadline) -> ReceiveRates? {
        guard var rates = ReceiveRates(limits, at: now) else { return nil }
        if rates.datagrams?.rate == self.datagrams?.rate { rates.datagrams = self.datagrams }
        if rates.bytes?.rate == self.bytes?.rate { rates.bytes = self.bytes }
        return rates
    }

    /// Counts what has come.
    ///
    /// - Parameter bytes: headers included.
    /// - Returns: the rate that this was too much for; nil when it is within both.
    mutating func received(datagrams: Int, bytes: Int, at now: NIODeadline) -> ConnectionLimit? {
        if self.datagrams?.take(datagrams, at: now) == false { return .datagramsPerSecond }
        if self.bytes?.take(bytes, at: now) == false { return .bytesPerSecond }
        return nil
    }
}
