/// A rate limit with bursts of up to one second's tokens. The bucket starts full and refills evenly.
///
/// The bucket stores the time at which it will be full. Taking tokens moves this time into the future. Times are
/// nanoseconds in 64 bits, because dividing a `Duration` is a slower 128-bit division.
struct TokenBucket: Equatable {
    private static let burst: Int64 = 1_000_000_000

    /// Tokens a second, 1…1,000,000,000.
    let rate: Int
    private var fullAt: Int64

    init(rate: Int, at now: Instant) {
        precondition((1...1_000_000_000).contains(rate), "a rate outside of 1…1,000,000,000")
        self.rate = rate
        self.fullAt = now.nanoseconds
    }

    /// Takes `count` tokens if the bucket has that many.
    ///
    /// - Returns: false if the bucket has fewer tokens; it is unchanged then.
    mutating func take(_ count: Int, at now: Instant) -> Bool {
        // No bucket holds more than a burst. Larger counts could also overflow the nanoseconds.
        guard count <= self.rate else { return false }
        let next = max(self.fullAt, now.nanoseconds) + self.cost(of: count)
        guard next - now.nanoseconds <= Self.burst else { return false }
        self.fullAt = next
        return true
    }

    /// The largest number of tokens that can be taken now.
    func available(at now: Instant) -> Int {
        let room = Self.burst - max(0, self.fullAt - now.nanoseconds)
        guard room >= 0 else { return 0 }
        // The largest count whose cost, rounded down, fits.
        return min(self.rate, Int(((room + 1) * Int64(self.rate) - 1) / Self.burst))
    }

    /// The time until `count` tokens are available, if no other tokens are taken before.
    ///
    /// - Returns: nil if the bucket never holds that many.
    func time(until count: Int, at now: Instant) -> Duration? {
        guard count <= self.rate else { return nil }
        let next = max(self.fullAt, now.nanoseconds) + self.cost(of: count)
        return .nanoseconds(max(0, next - now.nanoseconds - Self.burst))
    }

    /// Nanoseconds by which taking `count` tokens postpones the time at which the bucket is full; at most a burst.
    private func cost(of count: Int) -> Int64 { Int64(count) * Self.burst / Int64(self.rate) }
}
