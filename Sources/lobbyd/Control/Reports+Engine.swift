import Control
import Engine

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
            self.headerSize = rendezvous.transport == .tcp ? connection.framing.size : nil
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
        self.receiveBuffer = bound.receiveBufferBytes
        self.connections = count.open
        self.connectionsOpened = count.opened
        self.traffic = TrafficReport(count.traffic)
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
            self.summary = (lines.first ?? "no setting has changed") + others
        case .rejected(let problems):
            self.summary = problems[0]
        case .stopping:
            preconditionFailure("a record of a reload that was not tried")
        }
    }
}
