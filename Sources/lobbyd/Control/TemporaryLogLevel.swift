import Logging

/// Which level the log has, and which it goes back to.
struct TemporaryLogLevel: Sendable {
    private(set) var level: Logger.Level
    /// What it is without a temporary one.
    private var lasting: Logger.Level
    /// When the temporary one ends; nil when there is none.
    private var endsAt: ContinuousClock.Instant?

    init(_ level: Logger.Level) {
        self.level = level
        self.lasting = level
    }

    /// For good, whatever was temporary.
    mutating func set(_ level: Logger.Level) {
        self.level = level
        self.lasting = level
        self.endsAt = nil
    }

    /// `end` has to be called at `endsAt` or later.
    mutating func set(_ level: Logger.Level, until endsAt: ContinuousClock.Instant) {
        self.level = level
        self.endsAt = endsAt
    }

    /// Goes back if it is time.
    mutating func end(at now: ContinuousClock.Instant) {
        guard let endsAt, endsAt <= now else { return }
        self.set(self.lasting)
    }

    /// A new level of the configuration: in force once no temporary one is.
    mutating func configure(_ level: Logger.Level) {
        self.lasting = level
        if self.endsAt == nil { self.level = level }
    }

    func remaining(at now: ContinuousClock.Instant) -> Duration? {
        self.endsAt.map { max(.zero, $0 - now) }
    }
}
