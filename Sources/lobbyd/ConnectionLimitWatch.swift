/// Tells when all places are taken and when no longer, from a look now and then: a lobby in which one comes as another goes
/// is full all the time, and that is one line.
struct ConnectionLimitWatch {
    enum News: Equatable {
        case reached
        case over(after: Duration)
    }

    private var reachedAt: ContinuousClock.Instant?
    private var timesFull = 0

    /// To be called every second or so.
    ///
    /// - Parameter timesFull: how often the last place was taken so far.
    mutating func look(isFull: Bool, timesFull: Int, at now: ContinuousClock.Instant) -> News? {
        let isOrWasFull = isFull || timesFull != self.timesFull
        self.timesFull = timesFull
        guard let reachedAt else {
            guard isOrWasFull else { return nil }
            self.reachedAt = now
            return .reached
        }
        guard !isOrWasFull else { return nil }
        self.reachedAt = nil
        return .over(after: now - reachedAt)
    }
}
