import Control
import Wire

extension Report {
    /// One object. Members without a value are left out. Latencies are in nanoseconds.
    public var json: JSONValue {
        .object(
            [
                JSONValue.Member("clean", .boolean(self.isClean)),
                JSONValue.Member("interrupted", .boolean(self.isInterrupted)),
                JSONValue.Member("workload", self.workload.json),
                JSONValue.Member("measured", self.measuredJSON),
            ]
                + (self.latency.map { [JSONValue.Member("latency_ns", $0.json)] } ?? [])
                + [JSONValue.Member("totals", self.totalsJSON)]
        )
    }

    private var measuredJSON: JSONValue {
        [
            "seconds": .number(self.measuredSeconds),
            "published": .integer(self.measuredPublished),
            "delivered": .integer(self.measuredDelivered),
            "published_per_second": .number(self.publishedPerSecond),
            "delivered_per_second": .number(self.deliveredPerSecond),
        ]
    }

    private var totalsJSON: JSONValue {
        [
            "published": .integer(self.counts.published),
            "delivered": .integer(self.counts.delivered),
            "lost": .integer(self.lost),
            "out_of_order": .integer(self.counts.disordered),
            "duplicates": .integer(self.counts.duplicates),
            "strays": .integer(self.counts.strays),
            "foreign": .integer(self.counts.foreign),
            "connections_lost": .integer(self.counts.connectionsLost),
        ]
    }
}

extension LatencySummary {
    fileprivate var json: JSONValue {
        [
            "p50": .integer(Int(self.p50)),
            "p90": .integer(Int(self.p90)),
            "p99": .integer(Int(self.p99)),
            "p99.9": .integer(Int(self.p999)),
            "max": .integer(Int(self.max)),
        ]
    }
}

extension Workload {
    fileprivate var json: JSONValue {
        var members = [
            JSONValue.Member("host", .string(self.options.host)),
            JSONValue.Member("port", .integer(self.options.port)),
            JSONValue.Member("transport", self.options.transport == .udp ? "udp" : "tcp"),
        ]
        if case .tcp(let framing) = self.options.transport {
            members.append(JSONValue.Member("header_size", .integer(framing.size)))
        }
        members += [
            JSONValue.Member("connections", .integer(self.options.connections)),
            JSONValue.Member("publishers", .integer(self.publishers)),
            self.pace.json,
            JSONValue.Member("size", .integer(self.options.payloadBytes)),
            JSONValue.Member("type", .integer(Int(self.options.messageType))),
            JSONValue.Member("expect", .string(self.reach.rawValue)),
        ]
        return .object(members)
    }
}

extension Workload.Pace {
    fileprivate var json: JSONValue.Member {
        switch self {
        case .window(let datagrams): JSONValue.Member("window", .integer(datagrams))
        case .rate(let perSecond): JSONValue.Member("rate", .number(perSecond))
        }
    }
}
