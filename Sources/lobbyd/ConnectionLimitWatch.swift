/// Decides when to log that all connection slots are taken, and that slots are free again.
///
/// `look` is called about once a second, so a full lobby in which clients come and go causes a single line.
struct ConnectionLimitWatch {
    enum News: Equatable {
        case reached
        case over(after: Duration)
    }

    private var reachedAt: ContinuousClock.Instant?
    private var timesFull = 0

    /// Call this method about once a second.
    ///
    /// - Parameter timesFull: the number of times that the last slot was taken since the start.
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
