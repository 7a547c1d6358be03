import Logging

/// Which level the log has, and which it goes back to.
struct TemporaryLogLevel: Sendable {
    private(set) var level: Logger.Level
    /// What it is without a temporary one.
    private var lasting: Logger.Level
    /// When the temporary one ends; nil when there is none.
    private var endsAt: ContinuousClock.Instant?
    /// Of the temporary level, so that the end of an earlier one does not end it.
    private var number = 0

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

    /// - Returns: what `end` has to be called with at `endsAt`.
    mutating func set(_ level: Logger.Level, until endsAt: ContinuousClock.Instant) -> Int {
        self.level = level
        self.endsAt = endsAt
        self.number += 1
        return self.number
    }

    /// Goes back, unless something else was set since.
    mutating func end(_ number: Int) {
        guard self.endsAt != nil, number == self.number else { return }
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
