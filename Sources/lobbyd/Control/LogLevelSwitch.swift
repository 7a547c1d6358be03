import Engine
import Logging
import Logs

/// Sets the level of all loggers, for good or for a while. Any thread.
final class LogLevelSwitch: Sendable {
    private struct State {
        var level: TemporaryLogLevel
        /// Whether `endInTime` is about to be called.
        var isCalling = false
    }

    private let shared: SharedLogLevel
    private let state: Locked<State>

    init(_ shared: SharedLogLevel) {
        self.shared = shared
        self.state = Locked(State(level: TemporaryLogLevel(shared.level)))
    }

    /// The level now, and how long it remains so; nil is for good.
    var now: (level: Logger.Level, remaining: Duration?) {
        self.state.withLock { ($0.level.level, $0.level.remaining(at: .now)) }
    }

    func set(_ level: Logger.Level) {
        self.change { $0.level.set(level) }
    }

    /// - Parameter start: calls its closure soon, but not at once, and again after each time that this returns: see `LogLevelTimer`.
    func set(_ level: Logger.Level, for duration: Duration, start: (@escaping @Sendable () -> Duration?) -> Void) {
        let isFirst = self.change { state in
            state.level.set(level, until: .now + duration)
            defer { state.isCalling = true }
            return !state.isCalling
        }
        // However many clients set it how often, the event loop is asked once until it has answered.
        if isFirst { start { self.endIfDue() } }
    }

    /// What the configuration says after a reload.
    func configure(_ level: Logger.Level) {
        self.change { $0.level.configure(level) }
    }

    /// - Returns: when to call it again; nil when no temporary level is left.
    private func endIfDue() -> Duration? {
        self.change { state in
            let now = ContinuousClock.now
            state.isCalling = false
            state.level.end(at: now)
            return state.level.remaining(at: now)
        }
    }

    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        self.state.withLock { state in
            defer { self.shared.level = state.level.level }
            return body(&state)
        }
    }
}
