import Control

extension TrafficReport {
    /// The average traffic per second since `earlier`.
    ///
    /// - Parameter duration: the time between the two reports.
    func perSecond(since earlier: TrafficReport, _ duration: Duration) -> TrafficReport {
        let moved = self.since(earlier)
        let microseconds = UInt128(max(1, duration.microseconds))
        func rate(_ count: UInt64) -> UInt64 {
            UInt64(clamping: (UInt128(count) * 1_000_000 + microseconds / 2) / microseconds)
        }
        var rates = TrafficReport()
        rates.datagramsIn = rate(moved.datagramsIn)
        rates.bytesIn = rate(moved.bytesIn)
        rates.datagramsOut = rate(moved.datagramsOut)
        rates.bytesOut = rate(moved.bytesOut)
        return rates
    }
}

/// The traffic per second between two reports of one daemon. lobbyctl computes it, so rates cost lobbyd no work.
struct StatusRates: Equatable {
    let total: TrafficReport
    /// The key is the listener's name.
    let listeners: [String: TrafficReport]

    init(from first: StatusReport, to second: StatusReport) {
        // After a restart of lobbyd, all of the new process's traffic counts.
        let isSame = first.process == second.process && first.uptime < second.uptime
        let duration = isSame ? second.uptime - first.uptime : second.uptime
        self.total = second.traffic.perSecond(since: isSame ? first.traffic : TrafficReport(), duration)
        self.listeners = second.listeners.reduce(into: [:]) { rates, listener in
            let before = first.listeners.first { $0.name == listener.name && isSame }?.traffic
            rates[listener.name] = listener.traffic.perSecond(since: before ?? TrafficReport(), duration)
        }
    }

    /// The report with a member `per_second` added, for the total and for each listener.
    func json(of status: StatusReport) -> JSONValue {
        let listeners: [JSONValue] = status.listeners.map { listener in
            Self.adding(self.listeners[listener.name] ?? TrafficReport(), to: listener.json)
        }
        guard case .object(let members) = status.json else { preconditionFailure("a report that is no object") }
        let merged = members.map { $0.name == "listeners" ? JSONValue.Member("listeners", .array(listeners)) : $0 }
        return Self.adding(self.total, to: .object(merged))
    }

    private static func adding(_ rates: TrafficReport, to report: JSONValue) -> JSONValue {
        guard case .object(let members) = report else { preconditionFailure("a report that is no object") }
        return .object(members + [JSONValue.Member("per_second", rates.json)])
    }
}
