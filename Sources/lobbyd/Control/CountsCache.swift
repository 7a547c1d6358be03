import Engine

/// The counts of all connections at one moment.
struct DatedCounts: Sendable, Equatable {
    let counts: ConnectionCounts
    /// When the walk over the connections began.
    let at: ContinuousClock.Instant
    /// `counts.counters`, made once for all clients.
    let counters: [Counter]

    init(_ counts: ConnectionCounts, at: ContinuousClock.Instant) {
        self.counts = counts
        self.at = at
        self.counters = counts.counters
    }
}

/// A cache of the last walk's counts, for requests that arrive soon after the walk began.
struct CountsCache: Sendable {
    /// The maximum age of cached counts at the time of a request.
    static let ageMax = Duration.milliseconds(100)

    private var kept: DatedCounts?
    /// The number of times that the cache was emptied.
    private(set) var emptied = 0

    /// - Returns: nil if a walk is needed.
    func counts(askedAt time: ContinuousClock.Instant) -> DatedCounts? {
        guard let kept, kept.at + Self.ageMax >= time else { return nil }
        return kept
    }

    /// Keeps the counts of a walk. Ignores them if the cache was emptied during the walk, because they may lack the
    /// change.
    ///
    /// - Parameter emptied: the value of `emptied` when the walk began.
    mutating func keep(_ counts: DatedCounts, since emptied: Int) {
        guard emptied == self.emptied else { return }
        self.kept = counts
    }

    mutating func empty() {
        self.kept = nil
        self.emptied += 1
    }
}
