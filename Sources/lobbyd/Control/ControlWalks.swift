import Engine

/// Serializes the walks over all connections for control clients. Runs on any thread that may block.
///
/// Many clients then cost the event loops no more than one walk at a time.
final class ControlWalks: Sendable {
    private let turn = Locked(false)
    private let cache = Locked(CountsCache())

    /// Runs `walk` while no other walk runs.
    func oneAtATime<Result>(_ walk: () throws -> Result) rethrows -> Result {
        try self.turn.withLock { _ in try walk() }
    }

    /// The counts from `walk`, or from a walk that began a moment ago.
    func counts(_ walk: () throws -> ConnectionCounts) rethrows -> DatedCounts {
        let asked = ContinuousClock.now
        if let kept = self.kept(askedAt: asked) { return kept }
        return try self.oneAtATime {
            // Another client's walk may have ended while this client waited.
            if let kept = self.kept(askedAt: asked) { return kept }
            let emptied = self.cache.withLock { $0.emptied }
            let at = ContinuousClock.now
            let counts = DatedCounts(try walk(), at: at)
            self.cache.withLock { $0.keep(counts, since: emptied) }
            return counts
        }
    }

    /// Empties the cache after a change: later counts need a walk that begins after it.
    func empty() {
        self.cache.withLock { $0.empty() }
    }

    private func kept(askedAt time: ContinuousClock.Instant) -> DatedCounts? {
        self.cache.withLock { $0.counts(askedAt: time) }
    }
}
