/// The rate limits of one connection's input and broadcasts.
struct ReceiveRates: Equatable {
    private var datagrams: TokenBucket?
    private var bytes: TokenBucket?
    private var broadcastBytes: TokenBucket?

    /// nil if the limits set no rate, so that the caller need not read the clock.
    init?(_ limits: Limits, at now: Instant) {
        self.datagrams = limits.datagramsPerSecond.map { TokenBucket(rate: $0, at: now) }
        self.bytes = limits.bytesPerSecond.map { TokenBucket(rate: $0, at: now) }
        self.broadcastBytes = limits.broadcastBytesPerSecond.map { TokenBucket(rate: $0, at: now) }
        guard self.datagrams != nil || self.bytes != nil || self.broadcastBytes != nil else { return nil }
    }

    /// The rates under new limits. An unchanged rate keeps its state.
    func changed(to limits: Limits, at now: Instant) -> ReceiveRates? {
        guard var rates = ReceiveRates(limits, at: now) else { return nil }
        if rates.datagrams?.rate == self.datagrams?.rate { rates.datagrams = self.datagrams }
        if rates.bytes?.rate == self.bytes?.rate { rates.bytes = self.bytes }
        if rates.broadcastBytes?.rate == self.broadcastBytes?.rate { rates.broadcastBytes = self.broadcastBytes }
        return rates
    }

    /// Counts datagrams that have arrived and cannot be delayed.
    ///
    /// - Parameter bytes: framing included.
    /// - Returns: the rate that the datagrams passed; nil if they are within both rates.
    mutating func received(datagrams: Int, bytes: Int, at now: Instant) -> ConnectionLimit? {
        if self.datagrams?.take(datagrams, at: now) == false { return .datagramsPerSecond }
        if self.bytes?.take(bytes, at: now) == false { return .bytesPerSecond }
        return nil
    }

    /// The number of bytes that may be received now, framing included.
    func bytesMax(at now: Instant) -> Int { self.bytes?.available(at: now) ?? .max }

    /// The number of datagrams that may be received now, of any length.
    func datagramsMax(at now: Instant) -> Int { self.datagrams?.available(at: now) ?? .max }

    /// The reason why a datagram must wait now.
    ///
    /// - Parameter frameBytes: the datagram's length, framing included.
    /// - Returns: nil if the datagram need not wait.
    func wait(frameBytes: Int, at now: Instant) -> RateWait? {
        let waits = [
            RateWait(.datagramsPerSecond, self.datagrams, tokens: 1, at: now),
            RateWait(.bytesPerSecond, self.bytes, tokens: frameBytes, at: now),
        ]
        return waits.compactMap { $0 }.max { ($0.time ?? .maximum) < ($1.time ?? .maximum) }
    }

    /// The number of bytes that may be broadcast now, framing included.
    ///
    /// - Parameter receivers: the number of connections that receive each datagram.
    func broadcastBytesMax(to receivers: Int, at now: Instant) -> Int {
        guard let available = self.broadcastBytes?.available(at: now), receivers > 0 else { return .max }
        return available / receivers
    }

    /// Charges a broadcast of at most `broadcastBytesMax` to the rate.
    mutating func broadcast(bytes: Int, to receivers: Int, at now: Instant) {
        _ = self.broadcastBytes?.take(bytes * receivers, at: now)
    }

    /// Whether the rate can ever allow a broadcast of this cost: its bytes, summed over all receivers.
    func canBroadcast(bytes: Int) -> Bool { self.broadcastBytes.map { bytes <= $0.rate } ?? true }

    /// The reason why a broadcast of this cost must wait now. The cost is its bytes, summed over all receivers.
    func wait(broadcastBytes: Int, at now: Instant) -> RateWait? {
        RateWait(.broadcastBytesPerSecond, self.broadcastBytes, tokens: broadcastBytes, at: now)
    }
}

/// The rate for which a datagram must wait, and how long.
struct RateWait: Equatable {
    let limit: ConnectionLimit
    /// nil if the rate never admits the datagram.
    let time: Duration?

    /// nil if the rate is not limited or allows `tokens` now.
    fileprivate init?(_ limit: ConnectionLimit, _ bucket: TokenBucket?, tokens: Int, at now: Instant) {
        guard let bucket else { return nil }
        self.limit = limit
        self.time = bucket.time(until: tokens, at: now)
        if self.time == .zero { return nil }
    }
}
