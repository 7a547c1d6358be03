/// What one connection may bring in a second, and what its broadcasts may come to.
struct ReceiveRates: Equatable {
    private var datagrams: TokenBucket?
    private var bytes: TokenBucket?
    private var broadcastBytes: TokenBucket?

    /// nil where the limits set no rate, so that nothing has to look at the time.
    init?(_ limits: Limits, at now: Instant) {
        self.datagrams = limits.datagramsPerSecond.map { TokenBucket(rate: $0, at: now) }
        self.bytes = limits.bytesPerSecond.map { TokenBucket(rate: $0, at: now) }
        self.broadcastBytes = limits.broadcastBytesPerSecond.map { TokenBucket(rate: $0, at: now) }
        guard self.datagrams != nil || self.bytes != nil || self.broadcastBytes != nil else { return nil }
    }

    /// The rates of other limits; one that is as it was goes on from where it is.
    func changed(to limits: Limits, at now: Instant) -> ReceiveRates? {
        guard var rates = ReceiveRates(limits, at: now) else { return nil }
        if rates.datagrams?.rate == self.datagrams?.rate { rates.datagrams = self.datagrams }
        if rates.bytes?.rate == self.bytes?.rate { rates.bytes = self.bytes }
        if rates.broadcastBytes?.rate == self.broadcastBytes?.rate { rates.broadcastBytes = self.broadcastBytes }
        return rates
    }

    /// Counts what has come and can't wait.
    ///
    /// - Parameter bytes: framing included.
    /// - Returns: the rate that this was too much for; nil when it is within both.
    mutating func received(datagrams: Int, bytes: Int, at now: Instant) -> ConnectionLimit? {
        if self.datagrams?.take(datagrams, at: now) == false { return .datagramsPerSecond }
        if self.bytes?.take(bytes, at: now) == false { return .bytesPerSecond }
        return nil
    }

    /// How many bytes of datagrams may be received now, framing included.
    func bytesMax(at now: Instant) -> Int { self.bytes?.available(at: now) ?? .max }

    /// How many datagrams may be received now, whatever their length.
    func datagramsMax(at now: Instant) -> Int { self.datagrams?.available(at: now) ?? .max }

    /// Why a datagram has to wait now.
    ///
    /// - Parameter frameBytes: its framing included.
    /// - Returns: nil when it has not.
    func wait(frameBytes: Int, at now: Instant) -> RateWait? {
        let waits = [
            RateWait(.datagramsPerSecond, self.datagrams, tokens: 1, at: now),
            RateWait(.bytesPerSecond, self.bytes, tokens: frameBytes, at: now),
        ]
        return waits.compactMap { $0 }.max { ($0.time ?? .maximum) < ($1.time ?? .maximum) }
    }

    /// How many bytes of datagrams may be broadcast now, framing included.
    ///
    /// - Parameter receivers: connections that each of them is for.
    func broadcastBytesMax(to receivers: Int, at now: Instant) -> Int {
        guard let available = self.broadcastBytes?.available(at: now), receivers > 0 else { return .max }
        return available / receivers
    }

    /// Counts a broadcast of no more than `broadcastBytesMax`.
    mutating func broadcast(bytes: Int, to receivers: Int, at now: Instant) {
        _ = self.broadcastBytes?.take(bytes * receivers, at: now)
    }

    /// Whether its rate ever lets through a broadcast of so many bytes, over all its receivers.
    func canBroadcast(bytes: Int) -> Bool { self.broadcastBytes.map { bytes <= $0.rate } ?? true }

    /// Why a broadcast of so many bytes, over all its receivers, has to wait now.
    func wait(broadcastBytes: Int, at now: Instant) -> RateWait? {
        RateWait(.broadcastBytesPerSecond, self.broadcastBytes, tokens: broadcastBytes, at: now)
    }
}

/// Why a datagram has to wait.
struct RateWait: Equatable {
    let limit: ConnectionLimit
    /// nil when it is too much for the rate at any time.
    let time: Duration?

    /// nil when there is no such rate, or enough of it now.
    fileprivate init?(_ limit: ConnectionLimit, _ bucket: TokenBucket?, tokens: Int, at now: Instant) {
        guard let bucket else { return nil }
        self.limit = limit
        self.time = bucket.time(until: tokens, at: now)
        if self.time == .zero { return nil }
    }
}
