import Engine

/// The counts of all connections at a moment.
struct DatedCounts: Sendable, Equatable {
    let counts: ConnectionCounts
    /// When the walk over the connections began.
    let at: ContinuousClock.Instant
    /// `counts.counters`, whose names are made once for all that ask.
    let counters: [Counter]

    init(_ counts: ConnectionCounts, at: ContinuousClock.Instant) {
        self.counts = counts
        self.at = at
        self.counters = counts.counters
    }
}

/// Keeps the counts of the last walk over all connections for the requests that come soon after it began.
struct CountsCache: Sendable {
    /// How old counts may be when they are asked for.
    static let ageMax = Duration.milliseconds(100)

    private var kept: DatedCounts?
    /// How often it was emptied.
    private(set) var emptied = 0

    /// - Returns: nil when a walk is needed.
    func counts(askedAt time: ContinuousClock.Instant) -> DatedCounts? {
        guard let kept, kept.at + Self.ageMax >= time else { return nil }
        return kept
    }

    /// - Parameter emptied: the number at the beginning of the walk. Later changes are not in the counts.
    mutating func keep(_ counts: DatedCounts, since emptied: Int) {
        guard emptied == self.emptied else { return }
        self.kept = counts
    }

    mutating func empty() {
        self.kept = nil
        self.emptied += 1
    }
}
