import Control
import Glibc
import Logging
import NIOCore
import PandaNet
import Synchronization

/// What the control socket asks of this daemon.
final class DaemonControl: ControlService {
    /// What changes while it runs.
    struct State: Sendable {
        var rendezvous: [BoundRendezvous]
        var isDraining = false
        /// When the last reload ended, and how.
        var lastReload: (at: ContinuousClock.Instant, report: LastReload)?
    }

    let state: Mutex<State>
    private let configuration: Configuration
    private let source: String
    private let manager: ConnectionManager
    private let connectionLog: ConnectionLog
    private let logLevel: LogLevelSwitch
    private let startedAt: ContinuousClock.Instant

    /// - Parameter source: where the configuration is from.
    init(
        _ configuration: Configuration,
        from source: String,
        _ manager: ConnectionManager,
        _ rendezvous: [BoundRendezvous],
        connectionLog: ConnectionLog,
        logLevel: LogLevelSwitch,
        startedAt: ContinuousClock.Instant
    ) {
        self.configuration = configuration
        self.source = source
        self.manager = manager
        self.state = Mutex(State(rendezvous: rendezvous))
        self.connectionLog = connectionLog
        self.logLevel = logLevel
        self.startedAt = startedAt
    }

    func status() -> EventLoopFuture<StatusReport> {
        self.manager.registry.counts().map { counts in self.status(counts) }
    }

    func counters() -> EventLoopFuture<[JSONValue.Member]> {
        self.manager.registry.counts().map(\.members)
    }

    func connections(_ filter: ConnectionFilter) -> EventLoopFuture<[ConnectionReport]> {
        self.manager.registry.compactMap { connection in
            let listener = connection.rendezvous?.name ?? ""
            guard filter.admits(address: connection.peer.host, listener: listener) else { return nil }
            return ConnectionReport(connection)
        }
    }

    func connection(_ id: ConnectionID) -> EventLoopFuture<ConnectionReport?> {
        self.manager.registry.withConnection(id, ConnectionReport.init)
    }

    func kick(_ id: ConnectionID, reason: String) -> EventLoopFuture<Bool> {
        self.manager.registry.withConnection(id) { connection in
            guard connection.isOpen else { return false }
            self.connectionLog.kicked(connection, because: reason)
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

    func reload() -> EventLoopFuture<ReloadReport> {
        self.manager.schedule(after: .zero) { throw ControlError(.unavailable, "reload is not available") }.futureResult
    }

    func drain() {
        let isFirst = self.state.withLock { state in
            defer { state.isDraining = true }
            return !state.isDraining
        }
        // A second signal would end the process at once.
        if isFirst { kill(getpid(), SIGTERM) }
    }
}

extension DaemonControl {
    private func status(_ counts: ConnectionCounts) -> StatusReport {
        let state = self.state.withLock { $0 }
        let now = ContinuousClock.now
        var report = StatusReport()
        report.version = Version.text
        report.process = Int(getpid())
        report.uptime = now - self.startedAt
        report.isDraining = state.isDraining
        report.configuration = self.source
        report.eventLoops = self.configuration.server.eventLoopCount
        let logLevel = self.logLevel.now
        report.logLevel = logLevel.level.rawValue
        report.logLevelRemaining = logLevel.remaining
        report.connections = counts.open
        report.connectionsMax = self.configuration.limits.connections
        report.connectionsOpened = counts.opened
        report.connectionsRefused = counts.refused.values.reduce(0, +)
        report.traffic = TrafficReport(counts.traffic)
        report.listeners = state.rendezvous.map { ListenerReport($0, counts.listeners) }
        report.lastReload = state.lastReload.map { at, reload in
            var reload = reload
            reload.age = now - at
            return reload
        }
        return report
    }
}
