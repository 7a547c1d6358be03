/// Decides when to report counts that have grown: each count when it starts to grow, then at most once per `interval`.
struct LossWatch {
    /// The shortest time between two reports of the same count.
    static let interval = Duration.seconds(10)

    struct News: Equatable {
        let name: String
        /// The growth since the last report.
        let count: UInt64
    }

    private struct Told {
        var count: UInt64
        var at: ContinuousClock.Instant
    }

    private var told: [String: Told] = [:]

    /// Call this method about once a second.
    ///
    /// - Parameters:
    ///   - counts: values that never decrease.
    ///   - now: not earlier than in any earlier call.
    mutating func look(_ counts: [Counter], at now: ContinuousClock.Instant) -> [News] {
        counts.compactMap { self.look($0, at: now) }
    }

    private mutating func look(_ counter: Counter, at now: ContinuousClock.Instant) -> News? {
        let told = self.told[counter.name]
        let before = told?.count ?? 0
        guard counter.value > before else { return nil }
        if let told, now - told.at < Self.interval { return nil }
        self.told[counter.name] = Told(count: counter.value, at: now)
        return News(name: counter.name, count: counter.value - before)
    }
}
