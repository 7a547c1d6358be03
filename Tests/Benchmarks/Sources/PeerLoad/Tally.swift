import Histogram

/// What a load counted since its warm-up.
struct Tally {
    var published = 0
    var delivered = 0
    /// Deliveries that did not follow the one before from the same publisher; these counts are never reset.
    var disordered = 0
    var latencies = Histogram<UInt64>(highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .two)

    /// - Parameter cpuSeconds: of the server, meanwhile.
    func json(seconds: Double, cpuSeconds: Double) -> String {
        let p99 = self.latencies.totalCount > 0 ? "\(Double(self.latencies.valueAtPercentile(99)) / 1000)" : "null"
        return """
            {"published": \(self.published), "delivered": \(self.delivered), "disordered": \(self.disordered), \
            "seconds": \(seconds), "cpu_seconds": \(cpuSeconds), "p99_us": \(p99)}
            """
    }
}
