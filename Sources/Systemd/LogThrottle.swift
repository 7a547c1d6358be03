/// Lets a class of events into the log so many times a second and counts the rest. One for each class.
public struct LogThrottle: Sendable {
    public enum Decision: Sendable, Equatable {
        /// Log it, and tell that so many before it were not.
        case log(suppressedBefore: Int)
        case suppress
    }

    /// How many were suppressed since the last one that was logged.
    public private(set) var suppressed = 0

    /// When the last ones were logged: a ring, the oldest at `oldest` once it is full.
    private var logged: [ContinuousClock.Instant] = []
    private var oldest = 0
    private let perSecond: Int

    /// - Parameter perSecond: how many to log in any one second, wherever it begins; at least 1.
    public init(perSecond: Int = 10) {
        precondition(perSecond > 0, "a throttle that logs nothing")
        self.perSecond = perSecond
    }

    /// Decides about an event.
    ///
    /// - Parameter now: never before that of an earlier call.
    public mutating func admit(at now: ContinuousClock.Instant) -> Decision {
        if self.logged.count < self.perSecond {
            self.logged.append(now)
        } else if self.logged[self.oldest].advanced(by: .seconds(1)) <= now {
            self.logged[self.oldest] = now
            self.oldest = (self.oldest + 1) % self.perSecond
        } else {
            self.suppressed += 1
            return .suppress
        }
        defer { self.suppressed = 0 }
        return .log(suppressedBefore: self.suppressed)
    }
}
