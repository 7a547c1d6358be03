/// A rate with bursts of one second's worth: full at first, filled again evenly.
///
/// It is kept as the moment in which it will be full; what was taken puts that off.
struct TokenBucket: Equatable {
    private static let burst = Duration.seconds(1)

    /// Tokens in a second, 1…1,000,000,000.
    let rate: Int
    private var fullAt: Instant

    init(rate: Int, at now: Instant) {
        precondition((1...1_000_000_000).contains(rate), "a rate that nanoseconds can't count")
        self.rate = rate
        self.fullAt = now
    }

    /// Takes tokens out, all or nothing.
    ///
    /// - Returns: false, with nothing taken, when there are not so many.
    mutating func take(_ count: Int, at now: Instant) -> Bool {
        // More than a burst; and nanoseconds could not count just any number.
        guard count <= self.rate else { return false }
        let next = max(self.fullAt, now) + self.cost(of: count)
        guard next - now <= Self.burst else { return false }
        self.fullAt = next
        return true
    }

    /// The most that could be taken now.
    func available(at now: Instant) -> Int {
        let room = Self.burst - max(.zero, self.fullAt - now)
        guard room >= .zero else { return 0 }
        // The most whose cost, rounded down, is no longer than the room.
        return min(self.rate, Int(((room.nanosecondCount + 1) * Int64(self.rate) - 1) / 1_000_000_000))
    }

    /// How long it takes until so many can be taken, if none are in between; nil when there are never so many.
    func time(until count: Int, at now: Instant) -> Duration? {
        guard count <= self.rate else { return nil }
        return max(.zero, max(self.fullAt, now) + self.cost(of: count) - now - Self.burst)
    }

    /// By how much taking so many puts off that it is full; at most a burst.
    private func cost(of count: Int) -> Duration {
        .nanoseconds(Int64(count) * 1_000_000_000 / Int64(self.rate))
    }
}
