import Control
import PandaNet

extension TrafficReport {
    init(_ traffic: Traffic) {
        self.init()
        self.datagramsIn = traffic.datagramsIn
        self.bytesIn = traffic.bytesIn
        self.datagramsOut = traffic.datagramsOut
        self.bytesOut = traffic.bytesOut
    }
}

extension ConnectionReport {
    /// On the connection's event loop.
    init(_ connection: Connection) {
        self.init()
        self.id = connection.id.rawValue
        self.address = connection.peer.host
        self.port = connection.peer.port
        if let rendezvous = connection.rendezvous {
            self.listener = rendezvous.name
            self.transport = rendezvous.transport.rawValue
            self.headerSize = rendezvous.transport == .tcp ? connection.header.size : nil
        }
        self.age = connection.age
        self.traffic = TrafficReport(connection.traffic)
        self.datagramsDropped = connection.traffic.datagramsDropped
        self.pendingBytes = connection.pendingBytes
        self.joinsBroadcasts = connection.joinsBroadcasts
    }
}

extension ListenerReport {
    init(_ bound: BoundRendezvous, _ counts: ListenerCounts) {
        self.init()
        let count = counts[bound]
        self.name = bound.rendezvous.name
        self.transport = bound.rendezvous.transport.rawValue
        self.address = bound.address.host
        self.port = bound.address.port
        self.connections = count.open
        self.connectionsOpened = count.opened
        self.traffic = TrafficReport(count.traffic)
    }
}

extension ConnectionCounts {
    /// Each counter under its name.
    var members: [JSONValue.Member] {
        let connections: [(String, Int)] = [
            ("connections_open", self.open), ("connections_opened", self.opened), ("connections_cut", self.cut),
            ("limit_reached", self.limitReached), ("listeners_reopened", self.listenersReopened),
            ("pending_bytes", self.pendingBytes),
        ]
        let refused = RefusalReason.allCases.map { ("refused_\($0.counterName)", self.refused[$0] ?? 0) }
        let ended = CloseReason.allCases.map { ("ended_\($0.counterName)", self.ended[$0] ?? 0) }
        let exceeded = ConnectionLimit.allCases.map { ("exceeded_\($0.rawValue)", self.exceeded[$0] ?? 0) }
        let datagrams: [(String, UInt64)] = [
            ("datagrams_in", self.traffic.datagramsIn),
            ("datagrams_out", self.traffic.datagramsOut),
            ("datagrams_dropped", self.traffic.datagramsDropped),
            ("datagrams_unframeable", self.traffic.datagramsUnframeable),
            ("datagrams_unsent", self.traffic.datagramsUnsent),
            ("bytes_in", self.traffic.bytesIn),
            ("bytes_out", self.traffic.bytesOut),
            ("udp_checksum_failures", self.udp.checksumFailures),
            ("udp_runts", self.udp.runts),
            ("udp_oversized", self.udp.oversized),
            ("udp_unanswerable", self.udp.unanswerable),
            ("udp_withheld", self.udp.withheld),
            ("udp_unsent", self.udp.unsent),
            ("udp_reopened", self.udp.reopened),
        ]
        return (connections + refused + ended + exceeded).map { JSONValue.Member($0, $1.json) }
            + datagrams.map { JSONValue.Member($0, $1.json) }
    }
}

extension LastReload {
    init(_ record: ReloadRecord, at now: ContinuousClock.Instant) {
        self.init()
        self.age = now - record.at
        switch record.outcome {
        case .applied(let changes, let needsRestart):
            self.isApplied = true
            let lines = changes + needsRestart.map { "\($0), after a restart" }
            let others = lines.count > 1 ? ", and \(lines.count - 1) more" : ""
            self.summary = (lines.first ?? "nothing was different") + others
        case .rejected(let problems):
            self.summary = problems[0]
        case .stopping:
            preconditionFailure("a record of a reload that was not tried")
        }
    }
}
