import Wire

extension Report {
    /// One JSON object in one line; a member without a value is left out. Latencies are in nanoseconds.
    public func json() -> String {
        var object = JSONObject()
        object.add("clean", self.isClean)
        object.add("workload", self.workload.json)
        object.add("measured", self.measuredJSON)
        if let latency { object.add("latency_ns", latency.json) }
        object.add("totals", self.totalsJSON)
        return object.text
    }

    private var measuredJSON: JSONObject {
        var object = JSONObject()
        object.add("seconds", self.measuredSeconds)
        object.add("published", self.measuredPublished)
        object.add("delivered", self.measuredDelivered)
        object.add("published_per_second", self.publishedPerSecond)
        object.add("delivered_per_second", self.deliveredPerSecond)
        return object
    }

    private var totalsJSON: JSONObject {
        var object = JSONObject()
        object.add("published", self.counts.published)
        object.add("delivered", self.counts.delivered)
        object.add("lost", self.lost)
        object.add("out_of_order", self.counts.disordered)
        object.add("duplicates", self.counts.duplicates)
        object.add("strays", self.counts.strays)
        object.add("foreign", self.counts.foreign)
        object.add("connections_lost", self.counts.connectionsLost)
        return object
    }
}

extension LatencySummary {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        object.add("p50", self.p50)
        object.add("p90", self.p90)
        object.add("p99", self.p99)
        object.add("p99.9", self.p999)
        object.add("max", self.max)
        return object
    }
}

extension Workload {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        object.add("host", self.options.host)
        object.add("port", self.options.port)
        object.add("transport", self.options.transport == .udp ? "udp" : "tcp")
        if case .tcp(let header) = self.options.transport { object.add("header_size", header.size) }
        object.add("connections", self.options.connections)
        object.add("publishers", self.publishers)
        switch self.pace {
        case .window(let window): object.add("window", window)
        case .rate(let rate): object.add("rate", rate)
        }
        object.add("size", self.options.payloadBytes)
        object.add("type", self.options.messageType)
        object.add("expect", self.reach.rawValue)
        return object
    }
}
