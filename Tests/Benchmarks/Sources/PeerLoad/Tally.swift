import Histogram

/// The counts of a load since its warm-up.
struct Tally {
    var published = 0
    var delivered = 0
    /// Deliveries whose number was not the next one of their publisher. Includes the warm-up.
    var disordered = 0
    var latencies = Histogram<UInt64>(highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .two)

    /// - Parameter cpuSeconds: the processor time of the server in this period.
    func json(seconds: Double, cpuSeconds: Double) -> String {
        let p99 = self.latencies.totalCount > 0 ? "\(Double(self.latencies.valueAtPercentile(99)) / 1000)" : "null"
        return """
            {"published": \(self.published), "delivered": \(self.delivered), "disordered": \(self.disordered), \
            "seconds": \(seconds), "cpu_seconds": \(cpuSeconds), "p99_us": \(p99)}
            """
    }
}
