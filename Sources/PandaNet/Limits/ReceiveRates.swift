import NIOCore

/// What one connection may bring in a second, and what its broadcasts may come to.
struct ReceiveRates: Equatable {
    private var datagrams: TokenBucket?
    private var bytes: TokenBucket?
    private var broadcastBytes: TokenBucket?

    /// nil where the limits set no rate, so that nothing has to look at the time.
    init?(_ limits: Limits, at now: NIODeadline) {
        self.datagrams = limits.datagramsPerSecond.map { TokenBucket(rate: $0, at: now) }
        self.bytes = limits.bytesPerSecond.map { TokenBucket(rate: $0, at: now) }
        self.broadcastBytes = limits.broadcastBytesPerSecond.map { TokenBucket(rate: $0, at: now) }
        guard self.datagrams != nil || self.bytes != nil || self.broadcastBytes != nil else { return nil }
    }

    /// The rates of other limits; one that is as it was goes on from where it is.
    func changed(to limits: Limits, at now: NIODeadline) -> ReceiveRates? {
        guard var rates = ReceiveRates(limits, at: now) else { return nil }
        if rates.datagrams?.rate == self.datagrams?.rate { rates.datagrams = self.datagrams }
        if rates.bytes?.rate == self.bytes?.rate { rates.bytes = self.bytes }
        if rates.broadcastBytes?.rate == self.broadcastBytes?.rate { rates.broadcastBytes = self.broadcastBytes }
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

    /// Counts a broadcast.
    ///
    /// - Parameters:
    ///   - bytes: headers included.
    ///   - receivers: connections that it is for.
    /// - Returns: the rate that it was too much for.
    mutating func broadcast(bytes: Int, to receivers: Int, at now: NIODeadline) -> ConnectionLimit? {
        self.broadcastBytes?.take(bytes * receivers, at: now) == false ? .broadcastBytesPerSecond : nil
    }
}
