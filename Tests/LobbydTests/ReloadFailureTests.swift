import Engine
import Logging
import Logs
import Systemd
import Testing

@testable import lobbyd

@Suite("Failed reload")
struct ReloadFailureTests {
    private struct Unforeseen: Error, CustomStringConvertible {
        let description = "the engine has no answer"
    }

    @Test("an unexpected error rejects the reload and is logged, and the process continues")
    func unforeseen() async throws {
        var configuration = Configuration()
        configuration.listeners = []
        configuration.server.eventLoops = 1
        let loaded = LoadedConfiguration(configuration: configuration, path: "none", isFromFile: false)
        let running = RunningRelay(loaded, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let keeper = LogKeeper()
        let daemon = Daemon(
            source: ConfigurationSource(file: ConfigurationFile(option: "none")),
            log: Logger(label: "test") { _ in keeper },
            logLevel: LogLevelSwitch(SharedLogLevel(.info)),
            notifier: Notifier()
        )
        let outcome = daemon.outcome(running, askedBy: [.control(uid: 7)]) { throw Unforeseen() }
        let problem =
            "the reload failed: the engine has no answer; part of the new configuration may be in force; restart lobbyd"
        #expect(outcome == .rejected(problems: [problem]))
        let lines = keeper.lines.withLock { $0 }
        #expect(lines.map(\.message) == ["reload.rejected"])
        #expect(lines.map(\.level) == [.error])
        #expect(lines[0].metadata["reason"] == .string(problem))
        #expect(lines[0].metadata["admin_uid"] == .stringConvertible(7))
        try await running.manager.shutDown()
    }
}
