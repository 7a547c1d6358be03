/// A rate with bursts of one second's worth: full at first, filled again evenly.
///
/// It is kept as the moment in which it will be full; what was taken puts that off. It counts in nanoseconds, since
/// `Duration` divides 128 bits for each of them.
struct TokenBucket: Equatable {
    private static let burst: Int64 = 1_000_000_000

    /// Tokens in a second, 1…1,000,000,000.
    let rate: Int
    private var fullAt: Int64

    init(rate: Int, at now: Instant) {
        precondition((1...1_000_000_000).contains(rate), "a rate that nanoseconds can't count")
        self.rate = rate
        self.fullAt = now.nanoseconds
    }

    /// Takes tokens out, all or nothing.
    ///
    /// - Returns: false, with nothing taken, when there are not so many.
    mutating func take(_ count: Int, at now: Instant) -> Bool {
        // More than a burst; and nanoseconds could not count just any number.
        guard count <= self.rate else { return false }
        let next = max(self.fullAt, now.nanoseconds) + self.cost(of: count)
        guard next - now.nanoseconds <= Self.burst else { return false }
        self.fullAt = next
        return true
    }

    /// The most that could be taken now.
    func available(at now: Instant) -> Int {
        let room = Self.burst - max(0, self.fullAt - now.nanoseconds)
        guard room >= 0 else { return 0 }
        // The most whose cost, rounded down, is no longer than the room.
        return min(self.rate, Int(((room + 1) * Int64(self.rate) - 1) / Self.burst))
    }

    /// How long it takes until so many can be taken, if none are in between; nil when there are never so many.
    func time(until count: Int, at now: Instant) -> Duration? {
        guard count <= self.rate else { return nil }
        let next = max(self.fullAt, now.nanoseconds) + self.cost(of: count)
        return .nanoseconds(max(0, next - now.nanoseconds - Self.burst))
    }

    /// By how many nanoseconds taking so many puts off that it is full; at most a burst.
    private func cost(of count: Int) -> Int64 { Int64(count) * Self.burst / Int64(self.rate) }
}
