/// Tracks how long the oldest byte queued for a peer has waited. It works at periodic checks and adds no cost to
/// sending.
///
/// The time of a byte starts at the first check that finds it. A timeout is therefore detected late, by at most a check
/// interval and a sixteenth of the limit, and never early.
struct PendingAge {
    /// The largest number of marks, for any age limit.
    private static let marksMax = 16

    /// All bytes up to `end` have waited since `since` or longer.
    private struct Mark {
        let end: Int
        let since: Instant
    }

    private var marks: [Mark] = []

    /// Whether the last check found queued bytes.
    var isMarked: Bool { !self.marks.isEmpty }

    /// - Parameters:
    ///   - end: the number of bytes queued since the queue was last empty, including the sent ones.
    ///   - waiting: the number of bytes still queued.
    ///   - ageMax: the longest time that a byte may wait.
    /// - Returns: whether a byte has waited for `ageMax` or longer.
    mutating func look(end: Int, waiting: Int, ageMax: Duration, at now: Instant) -> Bool {
        guard waiting > 0 else {
            self.marks = []
            return false
        }
        self.marks.removeAll { $0.end <= end - waiting }
        let isDue = self.marks.last.map { now - $0.since >= ageMax / Self.marksMax } ?? true
        if isDue, self.marks.last?.end != end { self.marks.append(Mark(end: end, since: now)) }
        return self.marks.first.map { now - $0.since >= ageMax } ?? false
    }
}
