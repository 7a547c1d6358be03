import Histogram

/// The latencies of datagrams: from the time at which a datagram should have been sent until it was read.
struct Latencies: Sendable {
    /// The longest recorded latency in nanoseconds: an hour. Longer ones count as this long.
    static let nanosecondsMax: UInt64 = 3_600_000_000_000

    private let since: UInt64
    private var histogram: Histogram<UInt64>
    /// Datagrams that were sent together often arrive together. Equal latencies in sequence are recorded with one call.
    private var lastLatency: UInt64 = 0
    private var lastCount: UInt64 = 0

    /// Makes an empty record.
    ///
    /// - Parameter since: in nanoseconds. Datagrams with an earlier send time are not recorded.
    init(since: UInt64) {
        self.since = since
        self.histogram = Histogram(highestTrackableValue: Self.nanosecondsMax, numberOfSignificantValueDigits: .three)
    }

    @inline(__always)
    mutating func record(sentAt: UInt64, receivedAt: UInt64) {
        guard sentAt >= self.since else { return }
        let latency = receivedAt > sentAt ? receivedAt - sentAt : 0
        if latency != self.lastLatency {
            self.recordLast()
            self.lastLatency = latency
        }
        self.lastCount += 1
    }

    private mutating func recordLast() {
        guard self.lastCount > 0 else { return }
        self.histogram.record(min(self.lastLatency, Self.nanosecondsMax), count: self.lastCount)
        self.lastCount = 0
    }

    /// nil without any datagram.
    func summary() -> LatencySummary? {
        var whole = self
        whole.recordLast()
        let histogram = whole.histogram
        guard histogram.totalCount > 0 else { return nil }
        return LatencySummary(
            p50: histogram.valueAtPercentile(50),
            p90: histogram.valueAtPercentile(90),
            p99: histogram.valueAtPercentile(99),
            p999: histogram.valueAtPercentile(99.9),
            max: histogram.max
        )
    }
}
