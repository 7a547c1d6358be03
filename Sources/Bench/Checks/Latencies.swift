import Histogram

/// How long datagrams took, from the moment when they should have left to the one when they were read.
struct Latencies: Sendable {
    /// Nanoseconds; what took longer counts as this much. An hour.
    static let nanosecondsMax: UInt64 = 3_600_000_000_000

    private let since: UInt64
    private var histogram: Histogram<UInt64>
    /// Datagrams that left together often arrive together: they are recorded with one call.
    private var lastLatency: UInt64 = 0
    private var lastCount: UInt64 = 0

    /// - Parameter since: datagrams that should have left before are not recorded; nanoseconds.
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

    /// nil when there was none.
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
