import Control
import Glibc
import Logging
import NIOCore
import PandaNet

/// What the control socket asks of this daemon.
final class DaemonControl: ControlService {
    private let running: RunningRelay
    private let source: ConfigurationSource
    private let logLevel: LogLevelSwitch
    private let requests: RequestMailbox

    /// - Parameter source: where the configuration is from.
    init(
        _ running: RunningRelay,
        configuredBy source: ConfigurationSource,
        logLevel: LogLevelSwitch,
        requests: RequestMailbox
    ) {
        self.running = running
        self.source = source
        self.logLevel = logLevel
        self.requests = requests
    }

    private var manager: ConnectionManager { self.running.manager }

    func status() -> EventLoopFuture<StatusReport> {
        self.manager.registry.counts().map { counts in self.status(counts) }
    }

    func counters() -> EventLoopFuture<[Counter]> {
        self.manager.registry.counts().map { $0.counters + self.running.counts.counters }
    }

    func connections(_ match: ConnectionMatch) -> EventLoopFuture<[ConnectionReport]> {
        let found = self.manager.registry.compactMap { connection -> ConnectionReport? in
            guard match.admits(connection.peer, listener: connection.rendezvous?.name ?? "") else { return nil }
            return ConnectionReport(connection)
        }
        let names = Set(self.running.state.listeners.map(\.settings.name))
        guard match.refusal(names: names) != nil else { return found }
        return found.and(self.namesOfConnections()).flatMapThrowing { reports, others in
            if let refusal = match.refusal(names: names.union(others)) { throw refusal }
            return reports
        }
    }

    /// A connection keeps the name that it came by.
    private func namesOfConnections() -> EventLoopFuture<[String]> {
        self.manager.registry.compactMap { $0.rendezvous?.name }
    }

    func connection(_ id: ConnectionID) -> EventLoopFuture<ConnectionReport?> {
        self.manager.registry.withConnection(id, ConnectionReport.init)
    }

    func kick(_ id: ConnectionID, reason: String) -> EventLoopFuture<Bool> {
        self.manager.registry.withConnection(id) { connection in
            guard connection.isOpen else { return false }
            self.running.observer.kicked(connection, because: reason)
            connection.close(.kicked)
            return true
        }.map { $0 ?? false }
    }

    func setLogLevel(_ level: Logger.Level, for duration: Duration?) {
        if let duration {
            self.logLevel.set(level, for: duration, self.manager)
        } else {
            self.logLevel.set(level)
        }
    }

    func reload(askedBy uid: UInt32) -> EventLoopFuture<ReloadReport> {
        let eventLoop = self.manager.eventLoops[0]
        return self.requests.requestReload(.control(uid: uid), on: eventLoop).flatMapThrowing { outcome in
            switch outcome {
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
    }

    func drain(askedBy uid: UInt32) {
        self.requests.requestStop(.control(uid: uid))
    }
}

extension DaemonControl {
    private func status(_ counts: ConnectionCounts) -> StatusReport {
        let state = self.running.state
        let now = ContinuousClock.now
        var report = StatusReport()
        report.version = Version.text
        report.process = Int(getpid())
        report.uptime = now - self.running.startedAt
        report.isDraining = state.isStopping
        report.configuration = self.source.description(isFromFile: state.isFromFile)
        report.eventLoops = self.manager.eventLoops.count
        let logLevel = self.logLevel.now
        report.logLevel = logLevel.level.rawValue
        report.logLevelRemaining = logLevel.remaining
        report.connections = counts.open
        report.connectionsMax = state.configuration.limits.connections
        report.connectionsOpened = counts.opened
        report.connectionsRefused = counts.refused.values.reduce(0, +)
        report.traffic = TrafficReport(counts.traffic)
        report.listeners = state.listeners.map { ListenerReport($0.bound, counts.listeners) }
        report.lastReload = state.lastReload.map { LastReload($0, at: now) }
        return report
    }
}
