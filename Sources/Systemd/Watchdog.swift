/// Decides when the service manager is told that the service is alive: after each part of it has shown that it is.
///
/// | time | what happens |
/// |---|---|
/// | every half of the timeout | `beat`: the parts are asked, unless they still owe the last answer |
/// | all of them have answered | `answered`: the manager is told |
/// | a part never answers | the manager is told no more, and ends the service when its timeout is over |
public struct Watchdog: Sendable {
    public enum Beat: Sendable, Equatable {
        /// Ask every part for an answer.
        case ask
        /// There is no answer yet to what was asked so long ago.
        case wait(Duration)
    }

    /// How long the service manager waits for a sign of life.
    public let timeout: Duration
    private var askedAt: ContinuousClock.Instant?

    /// - Parameter timeout: over zero.
    public init(timeout: Duration) {
        precondition(timeout > .zero, "a watchdog that never waits")
        self.timeout = timeout
    }

    /// How often `beat` has to be called.
    public var interval: Duration { self.timeout / 2 }

    /// Decides what to do now.
    public mutating func beat(at now: ContinuousClock.Instant) -> Beat {
        if let askedAt { return .wait(now - askedAt) }
        self.askedAt = now
        return .ask
    }

    /// Every part has answered: the service manager is to be told, and the next beat asks again.
    public mutating func answered() {
        precondition(self.askedAt != nil, "an answer that nobody has asked for")
        self.askedAt = nil
    }
}
