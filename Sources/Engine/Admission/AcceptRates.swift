/// The accept rate of each address, with bounded memory, since addresses may be spoofed.
///
/// Each address has a `TokenBucket`. A bucket that was not used for a second is full and need not be stored. The table
/// therefore has two generations: buckets used in the current period, and buckets last used in the previous one. If too
/// many addresses arrive within a second, the older buckets are forgotten, and their addresses start again with a full
/// bucket. A rate per address could not stop a peer with that many addresses anyway.
struct AcceptRates {
    /// The largest number of addresses in one generation.
    static let addressesMax = 16_384
    /// The time without use after which a bucket is full again.
    private static let generationTime = Duration.seconds(1)

    /// The number of connections that each address may open in a second; also the largest burst.
    let perSecond: Int
    private var current: [IPAddress: TokenBucket] = [:]
    private var previous: [IPAddress: TokenBucket] = [:]
    private var begunAt: Instant?

    init(perSecond: Int) {
        self.perSecond = perSecond
    }

    /// The number of stored buckets.
    var count: Int { self.current.count + self.previous.count }

    /// Counts one more connection of an address if it is within the rate.
    ///
    /// - Parameter now: never before the time of an earlier call.
    /// - Returns: whether the connection is within the rate.
    mutating func admit(_ address: IPAddress, at now: Instant) -> Bool {
        self.prune(at: now)
        let known = self.current[address] ?? self.previous.removeValue(forKey: address)
        var bucket = known ?? TokenBucket(rate: self.perSecond, at: now)
        defer { self.current[address] = bucket }
        return bucket.take(1, at: now)
    }

    private mutating func prune(at now: Instant) {
        let begunAt = self.begunAt ?? now
        self.begunAt = begunAt
        guard now - begunAt >= Self.generationTime || self.current.count >= Self.addressesMax else { return }
        self.previous = now - begunAt < Self.generationTime * 2 ? self.current : [:]
        self.current = [:]
        self.begunAt = now
    }
}
