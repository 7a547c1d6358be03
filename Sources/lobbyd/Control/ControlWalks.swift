import Engine

/// Lets control clients look at the connections one at a time, so that no number of clients makes the event loops do more
/// than one look at once. Any thread that may wait.
final class ControlWalks: Sendable {
    private let turn = Locked(false)
    private let cache = Locked(CountsCache())

    /// Does `walk` when no other one goes on.
    func oneAtATime<Result>(_ walk: () throws -> Result) rethrows -> Result {
        try self.turn.withLock { _ in try walk() }
    }

    /// The counts that `walk` brings, or those of a walk that began a moment ago.
    func counts(_ walk: () throws -> ConnectionCounts) rethrows -> DatedCounts {
        let asked = ContinuousClock.now
        if let kept = self.kept(askedAt: asked) { return kept }
        return try self.oneAtATime {
            // Another client's walk may have ended while this one waited for its turn.
            if let kept = self.kept(askedAt: asked) { return kept }
            let emptied = self.cache.withLock { $0.emptied }
            let at = ContinuousClock.now
            let counts = DatedCounts(try walk(), at: at)
            self.cache.withLock { $0.keep(counts, since: emptied) }
            return counts
        }
    }

    /// Something is about to be different: later counts need a walk that begins later.
    func empty() {
        self.cache.withLock { $0.empty() }
    }

    private func kept(askedAt time: ContinuousClock.Instant) -> DatedCounts? {
        self.cache.withLock { $0.counts(askedAt: time) }
    }
}
