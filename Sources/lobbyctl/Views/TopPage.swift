import Control

/// A page of `top`: a few lines about the daemon, then as many connections as fit.
struct TopPage {
    let status: StatusReport
    let rates: StatusRates
    /// Sorted. Their traffic is per second.
    let connections: [ConnectionReport]

    /// The lines of the page, with the titles of the table.
    ///
    /// - Parameters:
    ///   - size: the size of the terminal; nil for no limit.
    ///   - isStyled: whether to use bold and reversed text.
    ///   - notice: the reason why the page is not up to date.
    func lines(size: TerminalSize?, isStyled: Bool, notice: String? = nil) -> [String] {
        let page = StatusPage(status: self.status, rates: self.rates, width: size?.columns)
        let head = [page.headline, "connections \(page.connections)", self.traffic, notice ?? ""]
        let room = size.map { max(0, $0.rows - head.count - 1) } ?? .max
        let shown = ConnectionListing(connections: Array(self.connections.prefix(room)), isPerSecond: true)
        var table = shown.lines(width: size?.columns)
        if isStyled { table[0] = TerminalStyle.reversed(table[0].padded(to: size?.columns ?? 0)) }
        let lines = head.map { $0.withoutControls.clipped(to: size?.columns ?? .max) }
        return isStyled ? [TerminalStyle.bold(lines[0])] + lines.dropFirst() + table : lines + table
    }

    /// The complete page, for programs.
    var json: JSONValue {
        ["status": self.rates.json(of: self.status), "connections_per_second": self.connections.json]
    }

    private var traffic: String {
        let total = self.rates.total
        let received = "\(total.datagramsIn.compact) datagrams/s, \(total.bytesIn.compact) bytes/s"
        return "in \(received); out \(total.datagramsOut.compact) datagrams/s, \(total.bytesOut.compact) bytes/s"
    }
}

extension TopPage {
    /// The traffic per second of each connection between two lists. A new connection counts from its first byte.
    ///
    /// - Parameter duration: the time between the two lists.
    static func perSecond(
        _ connections: [ConnectionReport],
        since earlier: [ConnectionReport],
        _ duration: Duration
    ) -> [ConnectionReport] {
        let before = Dictionary(earlier.map { ($0.id, $0.traffic) }) { $1 }
        return connections.map { connection in
            var connection = connection
            connection.traffic = connection.traffic.perSecond(since: before[connection.id] ?? TrafficReport(), duration)
            return connection
        }
    }
}
