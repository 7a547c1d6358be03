/// The phases of a run. Times are in nanoseconds.
struct Timeline: Sendable, Equatable {
    let start: UInt64
    /// The end of the warm-up.
    let measuredFrom: UInt64
    /// The end of publishing; nil when only a count ends it.
    private(set) var publishedUntil: UInt64?

    init(start: UInt64, options: WorkloadOptions) {
        self.start = start
        self.measuredFrom = start + Self.nanoseconds(options.warmUpTime)
        let measuredFrom = self.measuredFrom
        self.publishedUntil = options.measuredTime.map { measuredFrom + Self.nanoseconds($0) }
    }

    /// Ends publishing at this time.
    mutating func end(at now: UInt64) {
        self.publishedUntil = min(now, self.publishedUntil ?? now)
    }

    func isMeasured(_ now: UInt64) -> Bool {
        now >= self.measuredFrom && !self.isOver(now)
    }

    /// Whether publishing has ended.
    func isOver(_ now: UInt64) -> Bool {
        self.publishedUntil.map { now >= $0 } ?? false
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
