/// How fast each address connects, for addresses that may be made up: what is remembered is bounded.
///
/// A bucket that nobody has used for a second is full, and need not be kept. Two generations of them are: those in use, and
/// those of the time before. When too many addresses come in a second, the older ones are forgotten, and may connect as if
/// they were new: somebody with so many addresses is not held by a rate for each.
struct AcceptRates {
    /// Addresses in one generation.
    static let addressesMax = 16_384
    /// After that long without use a bucket is full again.
    private static let generationTime = Duration.seconds(1)

    /// Of each address, in a second, and at most at once.
    let perSecond: Int
    private var current: [IPAddress: TokenBucket] = [:]
    private var previous: [IPAddress: TokenBucket] = [:]
    private var begunAt: Instant?

    init(perSecond: Int) {
        self.perSecond = perSecond
    }

    /// Addresses that are remembered.
    var count: Int { self.current.count + self.previous.count }

    /// - Parameter now: never before that of an earlier call.
    /// - Returns: whether one more connection of this address keeps to the rate; it counts if so.
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
