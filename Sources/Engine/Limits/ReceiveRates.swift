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

    /// Counts what has come and can't wait.
    ///
    /// - Parameter bytes: headers included.
    /// - Returns: the rate that this was too much for; nil when it is within both.
    mutating func received(datagrams: Int, bytes: Int, at now: NIODeadline) -> ConnectionLimit? {
        if self.datagrams?.take(datagrams, at: now) == false { return .datagramsPerSecond }
        if self.bytes?.take(bytes, at: now) == false { return .bytesPerSecond }
        return nil
    }

    /// The first datagrams of a run that may be received now. Nothing is counted.
    func share(of run: DatagramRun, at now: NIODeadline) -> DatagramRun {
        run.prefix(
            bytesMax: self.bytes?.available(at: now) ?? .max,
            datagramsMax: self.datagrams?.available(at: now) ?? .max
        )
    }

    /// How many datagrams may be received now, whatever their length.
    func datagramsMax(at now: NIODeadline) -> Int { self.datagrams?.available(at: now) ?? .max }

    /// Why a datagram has to wait now.
    ///
    /// - Parameter frameBytes: its header included.
    /// - Returns: nil when it has not.
    func wait(frameBytes: Int, at now: NIODeadline) -> RateWait? {
        let waits = [
            RateWait(.datagramsPerSecond, self.datagrams, tokens: 1, at: now),
            RateWait(.bytesPerSecond, self.bytes, tokens: frameBytes, at: now),
        ]
        return waits.compactMap { $0 }.max { ($0.time ?? .nanoseconds(.max)) < ($1.time ?? .nanoseconds(.max)) }
    }

    /// The first datagrams of a run that may be broadcast now, which are counted.
    ///
    /// - Parameter receivers: connections that it is for.
    mutating func broadcast(_ run: DatagramRun, to receivers: Int, at now: NIODeadline) -> DatagramRun {
        guard let available = self.broadcastBytes?.available(at: now), receivers > 0 else { return run }
        let share = run.prefix(bytesMax: available / receivers)
        _ = self.broadcastBytes?.take(share.bytes.count * receivers, at: now)
        return share
    }

    /// Whether its rate ever lets through a broadcast of so many bytes, over all its receivers.
    func canBroadcast(bytes: Int) -> Bool { self.broadcastBytes.map { bytes <= $0.rate } ?? true }

    /// Why a broadcast of so many bytes, over all its receivers, has to wait now.
    func wait(broadcastBytes: Int, at now: NIODeadline) -> RateWait? {
        RateWait(.broadcastBytesPerSecond, self.broadcastBytes, tokens: broadcastBytes, at: now)
    }
}

/// Why a datagram has to wait.
struct RateWait: Equatable {
    let limit: ConnectionLimit
    /// nil when it is too much for the rate at any time.
    let time: TimeAmount?

    /// nil when there is no such rate, or enough of it now.
    fileprivate init?(_ limit: ConnectionLimit, _ bucket: TokenBucket?, tokens: Int, at now: NIODeadline) {
        guard let bucket else { return nil }
        self.limit = limit
        self.time = bucket.time(until: tokens, at: now)
        if self.time == .zero { return nil }
    }
}
