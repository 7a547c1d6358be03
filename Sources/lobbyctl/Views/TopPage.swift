import Control

/// One screen of `top`: the daemon in a few lines, then as many connections as there is room for.
struct TopPage {
    let status: StatusReport
    let rates: StatusRates
    /// Sorted; their traffic is that of a second.
    let connections: [ConnectionReport]

    /// Lines that fit the screen, the titles of the table among them.
    ///
    /// - Parameters:
    ///   - size: of the terminal; nil where nothing bounds it.
    ///   - isStyled: whether the terminal may be told to make something stand out.
    ///   - notice: the reason why the page is not new.
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

    /// Complete, for programs.
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
    /// What the connections moved a second between two lists; one that is new counts from its beginning.
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
