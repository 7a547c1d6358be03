import Wire

extension Report {
    /// The report as several lines of text.
    public func text() -> String {
        (self.headingLines + [""] + self.throughputLines + [""] + self.latencyLines + ["", self.verdict])
            .joined(separator: "\n")
    }

    private var headingLines: [String] {
        let options = self.workload.options
        let transport =
            switch options.transport {
            case .tcp(let framing): "TCP, \(framing.size)-byte headers"
            case .udp: "UDP"
            }
        let pace =
            switch self.workload.pace {
            case .window(let window): "\(window) in flight each"
            case .rate(let rate): "\(Numbers.tenths(rate)) a second each"
            }
        return [
            "\(Numbers.grouped(options.connections)) connections over \(transport)",
            "\(Numbers.grouped(self.workload.publishers)) publishers, \(pace), \(options.payloadBytes) bytes a payload",
            "expected: \(self.workload.reach.sentence)",
            "measured: \(Numbers.tenths(self.measuredSeconds)) s\(self.isInterrupted ? ", interrupted" : "")",
        ]
    }

    private var throughputLines: [String] {
        let mebibytes = self.deliveredPerSecond * Double(self.workload.options.payloadBytes) / 1_048_576
        return [
            Self.row("published", "\(Numbers.grouped(Int(self.publishedPerSecond.rounded())))/s"),
            Self.row("delivered", "\(Numbers.grouped(Int(self.deliveredPerSecond.rounded())))/s")
                + "   \(Numbers.tenths(mebibytes)) MiB/s",
        ]
    }

    private var latencyLines: [String] {
        guard let latency else { return [Self.row("latency", "no datagram arrived")] }
        let rows = [
            ("p50", latency.p50), ("p90", latency.p90), ("p99", latency.p99), ("p99.9", latency.p999),
            ("max", latency.max),
        ]
        return [Self.row("latency", "µs")]
            + rows.map { name, nanoseconds in Self.row("  \(name)", Numbers.tenths(Double(nanoseconds) / 1000)) }
    }

    private var verdict: String {
        let counts = self.counts
        let faults = [
            (self.lost, "lost"), (counts.disordered, "out of order"), (counts.duplicates, "duplicated"),
            (counts.strays, "at wrong connections"), (counts.connectionsLost, "connections lost"),
        ]
        let found = faults.filter { $0.0 != 0 }.map { "\(Numbers.grouped($0.0)) \($0.1)" }
        let all = counts.published * self.workload.receivers
        let foreign = counts.foreign == 0 ? "" : "; \(Numbers.grouped(counts.foreign)) foreign datagrams"
        guard !found.isEmpty else { return "all \(Numbers.grouped(all)) deliveries came, once and in order\(foreign)" }
        return "of \(Numbers.grouped(all)) deliveries: \(found.joined(separator: ", "))\(foreign)"
    }

    private static func row(_ name: String, _ value: String) -> String {
        name + Numbers.padded(value, to: 28 - name.count)
    }
}

extension Reach {
    fileprivate var sentence: String {
        switch self {
        case .echo: "each datagram comes back to its publisher"
        case .broadcast: "each datagram reaches every connection"
        case .others: "each datagram reaches every connection but its publisher's"
        }
    }
}
