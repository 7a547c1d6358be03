/// Quantiles of the latencies, in nanoseconds.
public struct LatencySummary: Sendable, Equatable {
    public var p50: UInt64
    public var p90: UInt64
    public var p99: UInt64
    public var p999: UInt64
    public var max: UInt64
}

/// What came of a workload.
public struct Report: Sendable, Equatable {
    public let workload: Workload
    /// What the rates are of, in seconds.
    public let measuredSeconds: Double
    /// Datagrams that were published in the measured time.
    public let measuredPublished: Int
    /// Datagrams that arrived in the measured time.
    public let measuredDelivered: Int
    /// nil when nothing arrived.
    public let latency: LatencySummary?
    /// Of the whole run, its warm-up included.
    let counts: Counts
    /// The user has ended the run before its time.
    public var isInterrupted = false

    /// Deliveries that should have been and were not.
    public var lost: Int { self.counts.published * self.workload.receivers - self.counts.delivered }

    /// Whether all arrived, once, in order, and only where it should.
    public var isClean: Bool {
        self.lost == 0 && self.counts.disordered == 0 && self.counts.duplicates == 0 && self.counts.strays == 0
            && self.counts.connectionsLost == 0
    }

    var publishedPerSecond: Double { self.perSecond(self.measuredPublished) }
    var deliveredPerSecond: Double { self.perSecond(self.measuredDelivered) }

    private func perSecond(_ count: Int) -> Double {
        self.measuredSeconds > 0 ? Double(count) / self.measuredSeconds : 0
    }
}
