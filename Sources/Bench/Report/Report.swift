/// Quantiles of the latencies, in nanoseconds.
public struct LatencySummary: Sendable, Equatable {
    public var p50: UInt64
    public var p90: UInt64
    public var p99: UInt64
    public var p999: UInt64
    public var max: UInt64
}

/// The result of a run.
public struct Report: Sendable, Equatable {
    public let workload: Workload
    /// The length of the measurement in seconds.
    public let measuredSeconds: Double
    /// Datagrams sent during the measurement.
    public let measuredPublished: Int
    /// Deliveries during the measurement.
    public let measuredDelivered: Int
    /// nil without any delivery.
    public let latency: LatencySummary?
    /// Counts of the whole run, including its warm-up.
    let counts: Counts
    /// Whether the user ended the run early.
    public var isInterrupted = false

    /// Expected deliveries that did not arrive.
    public var lost: Int { self.counts.published * self.workload.receivers - self.counts.delivered }

    /// Whether every datagram arrived once, in order, and only where expected, and no connection was closed.
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
