import Logging
import PandaNet
import Synchronization
import Systemd

/// Sets the level of all loggers, for good or for a while. Any thread.
final class LogLevelSwitch: Sendable {
    private let shared: SharedLogLevel
    private let state: Mutex<TemporaryLogLevel>

    init(_ shared: SharedLogLevel) {
        self.shared = shared
        self.state = Mutex(TemporaryLogLevel(shared.level))
    }

    /// The level now, and how long it remains so; nil is for good.
    var now: (level: Logger.Level, remaining: Duration?) {
        self.state.withLock { ($0.level, $0.remaining(at: .now)) }
    }

    func set(_ level: Logger.Level) {
        self.change { $0.set(level) }
    }

    /// - Parameter manager: whose event loop ends it.
    func set(_ level: Logger.Level, for duration: Duration, _ manager: ConnectionManager) {
        let number = self.change { $0.set(level, until: .now + duration) }
        _ = manager.schedule(after: duration) { self.change { $0.end(number) } }
    }

    /// What the configuration says after a reload.
    func configure(_ level: Logger.Level) {
        self.change { $0.configure(level) }
    }

    private func change<Result>(_ body: (inout TemporaryLogLevel) -> sending Result) -> Result {
        self.state.withLock { state in
            defer { self.shared.level = state.level }
            return body(&state)
        }
    }
}
