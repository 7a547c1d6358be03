import Control
import Engine
import Glibc
import Logging

/// Carries out the requests of control clients in this daemon.
final class DaemonControl: ControlService {
    private let running: RunningRelay
    private let source: ConfigurationSource
    private let logLevel: LogLevelSwitch
    private let requests: RequestMailbox
    private let logLevelTimer: LogLevelTimer
    private let walks = ControlWalks()

    init(
        _ running: RunningRelay,
        configuredBy source: ConfigurationSource,
        logLevel: LogLevelSwitch,
        requests: RequestMailbox
    ) {
        self.running = running
        self.source = source
        self.logLevel = logLevel
        self.logLevelTimer = LogLevelTimer(running.manager)
        self.requests = requests
    }

    private var manager: ConnectionManager { self.running.manager }

    func status() throws -> StatusReport {
        self.status(try self.counts())
    }

    func counters() throws -> [Counter] {
        try self.counts().counters + self.running.counts.counters
    }

    func withConnections<Result>(
        _ match: ConnectionMatch,
        _ body: ([ConnectionReport]) throws -> Result
    ) throws -> Result {
        try self.walks.oneAtATime {
            let connections = self.manager.registry.compactMap { connection -> ConnectionReport? in
                guard match.admits(connection.peer, listener: connection.rendezvous?.name ?? "") else { return nil }
                return ConnectionReport(connection)
            }
            let found = try connections.wait()
            if found.isEmpty { try self.checkListener(of: match) }
            return try body(found)
        }
    }

    /// Throws if no listener has the wanted name. An open connection keeps the name of its listener even after the
    /// listener is removed or renamed, so the connections' names count too.
    private func checkListener(of match: ConnectionMatch) throws {
        let names = Set(self.running.state.listeners.map(\.settings.name))
        guard match.refusal(names: names) != nil else { return }
        let others = try self.manager.registry.compactMap { $0.rendezvous?.name }.wait()
        if let refusal = match.refusal(names: names.union(others)) { throw refusal }
    }

    func connection(_ id: ConnectionID) throws -> ConnectionReport? {
        try self.walks.oneAtATime {
            try self.manager.registry.withConnection(id, ConnectionReport.init).wait()
        }
    }

    func kick(_ id: ConnectionID, reason: String) throws -> Bool {
        let isKicked = self.manager.registry.withConnection(id) { connection in
            guard connection.isOpen else { return false }
            self.running.observer.kicked(connection, because: reason)
            connection.close(.kicked)
            return true
        }
        return try isKicked.wait() ?? false
    }

    func setLogLevel(_ level: Logger.Level, for duration: Duration?) {
        if let duration {
            self.logLevel.set(level, for: duration, start: self.logLevelTimer.start)
        } else {
            self.logLevel.set(level)
        }
    }

    func reload(askedBy uid: UInt32) throws -> ReloadReport {
        let outcome = self.requests.askForReload(.control(uid: uid))
        switch try outcome.wait() {
        case .applied(let changes, let needsRestart):
            var report = ReloadReport()
            report.changes = changes
            report.needsRestart = needsRestart
            return report
        case .rejected(let problems):
            throw ControlError(.rejected, "the configuration was not changed", details: problems)
        case .stopping:
            throw ControlError(.unavailable, "lobbyd is shutting down")
        }
    }

    func drain(askedBy uid: UInt32) {
        self.requests.requestStop(.control(uid: uid))
    }

    func changed() {
        self.walks.empty()
    }
}

extension DaemonControl {
    private func counts() throws -> DatedCounts {
        try self.walks.counts { try self.manager.registry.counts().wait() }
    }

    private func status(_ dated: DatedCounts) -> StatusReport {
        let counts = dated.counts
        let state = self.running.state
        var report = StatusReport()
        report.version = Version.text
        report.process = Int(getpid())
        report.uptime = dated.at - self.running.startedAt
        report.isDraining = state.isStopping
        report.configuration = self.source.description(isFromFile: state.isFromFile)
        report.eventLoops = self.manager.eventLoopCount
        let logLevel = self.logLevel.now
        report.logLevel = logLevel.level.rawValue
        report.logLevelRemaining = logLevel.remaining
        report.connections = counts.open
        report.connectionsMax = state.configuration.limits.connections
        report.connectionsOpened = counts.opened
        report.connectionsRefused = counts.refused.values.reduce(0, +)
        report.traffic = TrafficReport(counts.traffic)
        report.listeners = state.listeners.map { ListenerReport($0.bound, counts.listeners) }
        report.lastReload = state.lastReload.map { LastReload($0, at: .now) }
        return report
    }
}
