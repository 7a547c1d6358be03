/// The time that an event loop's peers have had, for timeouts: it stands still while the loop can't hear them.
///
/// A loop looks at its connections at times that are due beforehand. A look that comes late shows that the loop, or the whole
/// machine, stood still: for as long as the look is late, no connection was read or written.
struct LoopClock {
    /// A look may be so late because the loop is busy: it reads in each of its passes, and the time counts.
    static let latenessOfBusyLoop = Duration.milliseconds(500)

    /// Time in which the loop did not come round.
    private var late = Duration.zero
    /// Time in which the loop came round and did not read.
    private var shut = Duration.zero
    /// The last look; before it all is accounted for.
    private var lookedAt = Instant(nanoseconds: 0)

    /// Accounts for the time since the last look, whichever look that was.
    ///
    /// - Parameters:
    ///   - due: when this look was to come.
    ///   - shutTime: for how long reading was switched off since the last look.
    mutating func look(due: Instant, shutTime: Duration, at now: Instant) {
        let late: Duration = max(.zero, now - max(due + Self.latenessOfBusyLoop, self.lookedAt))
        self.late = self.late + late
        self.shut = self.shut + min(shutTime, now - self.lookedAt - late)
        self.lookedAt = max(now, self.lookedAt)
    }

    /// For what waits to be written.
    func writing(at now: Instant) -> Instant { now - self.late }

    /// For what is waited for from a peer.
    func reading(at now: Instant) -> Instant { now - self.late - self.shut }
}
