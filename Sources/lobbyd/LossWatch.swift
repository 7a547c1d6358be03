/// Tells of counts that have grown, from a look at them every second or so: of each when it begins to grow, and then no more
/// often than every `interval`, however long it goes on.
struct LossWatch {
    /// Between two lines about the same count.
    static let interval = Duration.seconds(10)

    struct News: Equatable {
        let name: String
        /// By how much it has grown since it was told of last.
        let count: UInt64
    }

    private struct Told {
        var count: UInt64
        var at: ContinuousClock.Instant
    }

    private var told: [String: Told] = [:]

    /// - Parameters:
    ///   - counts: they never shrink.
    ///   - now: never before that of an earlier call.
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
