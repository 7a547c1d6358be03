/// Decides when to send the service manager a sign of life: after every part of the service has answered.
///
/// | time | action |
/// |---|---|
/// | every half of the timeout | `beat`: ask the parts, unless an answer is still missing |
/// | all parts have answered | `answered`: tell the manager |
/// | a part never answers | send no sign of life; the manager kills the service after the timeout |
public struct Watchdog: Sendable {
    public enum Beat: Sendable, Equatable {
        /// Ask every part for an answer.
        case ask
        /// Some part has not answered for this long.
        case wait(Duration)
    }

    /// The time after which the manager kills a service without a sign of life.
    public let timeout: Duration
    private var askedAt: ContinuousClock.Instant?

    /// Makes a watchdog.
    ///
    /// - Parameter timeout: above zero.
    public init(timeout: Duration) {
        precondition(timeout > .zero, "a watchdog without a timeout")
        self.timeout = timeout
    }

    /// The interval at which to call `beat`.
    public var interval: Duration { self.timeout / 2 }

    /// Decides on the next action.
    public mutating func beat(at now: ContinuousClock.Instant) -> Beat {
        if let askedAt { return .wait(now - askedAt) }
        self.askedAt = now
        return .ask
    }

    /// Every part has answered: tell the manager. The next beat asks again.
    public mutating func answered() {
        precondition(self.askedAt != nil, "an answer without a question")
        self.askedAt = nil
    }
}
