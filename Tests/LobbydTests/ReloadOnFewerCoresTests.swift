import Engine
import Glibc
import Logging
import Logs
import Systemd
import Testing

@testable import lobbyd

@Suite("Reload after the number of cores changed")
struct ReloadOnFewerCoresTests {
    /// Makes a relay with the default configuration and this number of event loops.
    private func running(eventLoops: Int) -> RunningRelay {
        var configuration = Configuration()
        configuration.listeners = []
        configuration.server.eventLoops = eventLoops
        let loaded = LoadedConfiguration(configuration: configuration, path: "none", isFromFile: false)
        let running = RunningRelay(loaded, log: Logger(label: "test"))
        // 0 is one loop per core. So the relay looks as if it had started on a machine with that many cores.
        running.change { $0.configuration.server.eventLoops = 0 }
        return running
    }

    private func daemon(_ file: ConfigurationFile) -> Daemon {
        Daemon(
            source: ConfigurationSource(file: file),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            logLevel: LogLevelSwitch(SharedLogLevel(.info)),
            notifier: Notifier()
        )
    }

    private struct Rejected: Error {
        let outcome: ReloadOutcome
    }

    @Test("a reload on a machine with fewer cores updates all event loops, and status counts them")
    func reload() async throws {
        let loops = ConnectionManager.eventLoopsOfThisMachine + 2
        let running = self.running(eventLoops: loops)
        try TemporaryFile.with(Array("[[listener]]\nport = 0\naddress = \"127.0.0.1\"\n".utf8)) { path in
            let daemon = self.daemon(ConfigurationFile(option: path))
            daemon.reload(running, for: [ReloadRequest(origin: .control(uid: 0)) { _ in }])
            let outcome = try #require(running.state.lastReload?.outcome)
            guard case .applied = outcome else { throw Rejected(outcome: outcome) }
            let control = DaemonControl(
                running,
                configuredBy: daemon.source,
                logLevel: daemon.logLevel,
                requests: daemon.requests
            )
            #expect(try control.status().eventLoops == loops)
        }
        try await running.manager.shutDown()
    }
}
