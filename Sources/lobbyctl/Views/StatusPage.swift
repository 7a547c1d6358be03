import Control

/// The status of the daemon as a page of text.
struct StatusPage {
    let status: StatusReport
    let rates: StatusRates
    /// Characters in a line; nil for no limit.
    var width: Int?

    var text: String { self.lines.map { $0 + "\n" }.joined() }

    var lines: [String] {
        let facts = self.facts.map { "\($0.padded(to: 15))\($1)" }
        let page = [self.headline, ""] + facts + [""] + self.traffic + [""]
        return page.map { $0.withoutControls.clipped(to: self.width ?? .max) } + self.listeners
    }

    /// Also the first line of `top`.
    var headline: String {
        let state = self.status.isDraining ? "draining" : "running"
        return
            "lobbyd \(self.status.version), \(state) for \(self.status.uptime.forPeople), process \(self.status.process)"
    }

    /// Also the second line of `top`.
    var connections: String {
        let limit = self.status.connectionsMax.map { " of at most \($0)" } ?? ""
        let refused = self.status.connectionsRefused > 0 ? ", \(self.status.connectionsRefused) refused" : ""
        return "\(self.status.connections)\(limit); \(self.status.connectionsOpened) since the start\(refused)"
    }

    private var facts: [(String, String)] {
        [
            ("configuration", self.status.configuration),
            ("last reload", self.lastReload),
            ("log level", self.logLevel),
            ("event loops", "\(self.status.eventLoops)"),
            ("connections", self.connections),
        ]
    }

    private var lastReload: String {
        guard let reload = self.status.lastReload else { return "none" }
        let outcome = reload.isApplied ? "applied" : "rejected"
        let summary = reload.summary.isEmpty ? "" : ": \(reload.summary)"
        return "\(reload.age.forPeople) ago, \(outcome)\(summary)"
    }

    private var logLevel: String {
        self.status.logLevel + (self.status.logLevelRemaining.map { ", for another \($0.forPeople)" } ?? "")
    }

    private var traffic: [String] {
        let (all, now) = (self.status.traffic, self.rates.total)
        let titles = ["", "DATAGRAMS/S", "BYTES/S", "DATAGRAMS", "BYTES"]
        let columns = titles.map { TextTable.Column(title: $0, isNumber: !$0.isEmpty) }
        let rows = [
            ["in", now.datagramsIn.compact, now.bytesIn.compact, all.datagramsIn.compact, all.bytesIn.compact],
            ["out", now.datagramsOut.compact, now.bytesOut.compact, all.datagramsOut.compact, all.bytesOut.compact],
        ]
        return TextTable(columns: columns, rows: rows).lines(width: self.width)
    }

    private var listeners: [String] {
        let columns = [
            TextTable.Column(title: "LISTENER", isFlexible: true),
            TextTable.Column(title: "VIA"),
            TextTable.Column(title: "ADDRESS", isFlexible: true),
            TextTable.Column(title: "BUFFER", isNumber: true),
            TextTable.Column(title: "OPEN", isNumber: true),
            TextTable.Column(title: "DG/S IN", isNumber: true),
            TextTable.Column(title: "OUT", isNumber: true),
            TextTable.Column(title: "B/S IN", isNumber: true),
            TextTable.Column(title: "OUT", isNumber: true),
        ]
        let rows = self.status.listeners.map { listener in
            let rates = self.rates.listeners[listener.name] ?? TrafficReport()
            return [
                listener.name, listener.transport, listener.place,
                listener.receiveBuffer.map { UInt64($0).compact } ?? "", String(listener.connections),
                rates.datagramsIn.compact, rates.datagramsOut.compact, rates.bytesIn.compact, rates.bytesOut.compact,
            ]
        }
        return TextTable(columns: columns, rows: rows).lines(width: self.width)
    }
}
