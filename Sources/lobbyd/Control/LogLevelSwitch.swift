import Engine
import Logging
import Logs

/// Sets the level of all loggers, permanently or for some time. Any thread.
final class LogLevelSwitch: Sendable {
    private struct State {
        var level: TemporaryLogLevel
        /// Whether a call of `endIfDue` is scheduled.
        var isCalling = false
    }

    private let shared: SharedLogLevel
    private let state: Locked<State>

    init(_ shared: SharedLogLevel) {
        self.shared = shared
        self.state = Locked(State(level: TemporaryLogLevel(shared.level)))
    }

    /// The current level, and the time until it ends; nil for a permanent level.
    var now: (level: Logger.Level, remaining: Duration?) {
        self.state.withLock { ($0.level.level, $0.level.remaining(at: .now)) }
    }

    func set(_ level: Logger.Level) {
        self.change { $0.level.set(level) }
    }

    /// Sets a temporary level.
    ///
    /// - Parameter start: calls its closure soon, but not synchronously, and again after each duration that the closure
    ///   returns. See `LogLevelTimer`.
    func set(_ level: Logger.Level, for duration: Duration, start: (@escaping @Sendable () -> Duration?) -> Void) {
        let isFirst = self.change { state in
            state.level.set(level, until: .now + duration)
            defer { state.isCalling = true }
            return !state.isCalling
        }
        // Only the first of several changes schedules a call, however many clients make them.
        if isFirst { start { self.endIfDue() } }
    }

    /// Sets the level of a reloaded configuration.
    func configure(_ level: Logger.Level) {
        self.change { $0.level.configure(level) }
    }

    /// - Returns: the time until the next call; nil if no temporary level is left.
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
