/// The input and output clocks of an event loop's timeouts. Both stand still while the loop is stalled. The input clock
/// also stands still while the read gate is shut.
///
/// The loop checks its connections at scheduled times. A late check shows that the loop, or the whole machine, was
/// stalled. No connection was read or written during the delay.
struct LoopClock {
    /// A busy loop can make a check this late. It still reads in each turn, so both clocks keep running during this
    /// time.
    static let latenessOfBusyLoop = Duration.milliseconds(500)

    /// The total time in which the loop was stalled.
    private var late = Duration.zero
    /// The total time in which the loop ran but did not read.
    private var shut = Duration.zero
    /// The time of the last check. All time before it is already accounted for.
    private var lookedAt = Instant(nanoseconds: 0)

    /// Accounts for the time since the last check of any kind.
    ///
    /// - Parameters:
    ///   - due: the scheduled time of this check.
    ///   - shutTime: the time since the last check in which the read gate was shut.
    mutating func look(due: Instant, shutTime: Duration, at now: Instant) {
        let late: Duration = max(.zero, now - max(due + Self.latenessOfBusyLoop, self.lookedAt))
        self.late = self.late + late
        self.shut = self.shut + min(shutTime, now - self.lookedAt - late)
        self.lookedAt = max(now, self.lookedAt)
    }

    /// The output clock: the time for the timeouts of output.
    func writing(at now: Instant) -> Instant { now - self.late }

    /// The input clock: the time for the timeouts of input.
    func reading(at now: Instant) -> Instant { now - self.late - self.shut }
}
