/// What is done when, in nanoseconds.
struct Timeline: Sendable, Equatable {
    let start: UInt64
    /// The warm-up ends.
    let measuredFrom: UInt64
    /// Nothing is published any more; nil: the count ends it.
    let publishedUntil: UInt64?

    init(start: UInt64, options: WorkloadOptions) {
        self.start = start
        self.measuredFrom = start + Self.nanoseconds(options.warmUpSeconds)
        let measuredFrom = self.measuredFrom
        self.publishedUntil = options.measuredSeconds.map { measuredFrom + Self.nanoseconds($0) }
    }

    func isMeasured(_ now: UInt64) -> Bool {
        now >= self.measuredFrom && !self.isOver(now)
    }

    /// Whether the time to publish is over.
    func isOver(_ now: UInt64) -> Bool {
        self.publishedUntil.map { now >= $0 } ?? false
    }

    private static func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }
}
