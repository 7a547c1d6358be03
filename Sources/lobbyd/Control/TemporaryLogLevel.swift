import Logging

/// The level of the log, and the permanent level that follows a temporary one.
struct TemporaryLogLevel: Sendable {
    private(set) var level: Logger.Level
    /// The permanent level.
    private var lasting: Logger.Level
    /// The end of the temporary level; nil if there is none.
    private var endsAt: ContinuousClock.Instant?

    init(_ level: Logger.Level) {
        self.level = level
        self.lasting = level
    }

    /// Sets a permanent level, and ends a temporary one.
    mutating func set(_ level: Logger.Level) {
        self.level = level
        self.lasting = level
        self.endsAt = nil
    }

    /// Sets a temporary level. The caller must call `end` at `endsAt` or later.
    mutating func set(_ level: Logger.Level, until endsAt: ContinuousClock.Instant) {
        self.level = level
        self.endsAt = endsAt
    }

    /// Returns to the permanent level if the time has come.
    mutating func end(at now: ContinuousClock.Instant) {
        guard let endsAt, endsAt <= now else { return }
        self.set(self.lasting)
    }

    /// Sets the permanent level from the configuration. It takes effect when no temporary level is in force.
    mutating func configure(_ level: Logger.Level) {
        self.lasting = level
        if self.endsAt == nil { self.level = level }
    }

    func remaining(at now: ContinuousClock.Instant) -> Duration? {
        self.endsAt.map { max(.zero, $0 - now) }
    }
}
