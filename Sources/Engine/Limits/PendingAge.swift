/// How long the oldest of the bytes that wait for one peer has waited: looked at now and then, so that sending costs nothing.
///
/// Bytes count from the first look that finds them: an end comes late by an interval and a sixteenth, and never early.
struct PendingAge {
    /// At most so many marks are kept, however long bytes may wait.
    private static let marksMax = 16

    /// All bytes up to `end` have waited since `since`, or longer.
    private struct Mark {
        let end: Int
        let since: Instant
    }

    private var marks: [Mark] = []

    /// Whether the last look found anything.
    var isMarked: Bool { !self.marks.isEmpty }

    /// - Parameters:
    ///   - end: how many bytes have waited since the connection opened, or still do.
    ///   - waiting: how many of these still do.
    ///   - ageMax: how long one may.
    /// - Returns: whether one has waited so long.
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
