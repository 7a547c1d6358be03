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
        guard self.takeRoom(at: now) else {
            self.suppressed += 1
            return .suppress
        }
        defer { self.suppressed = 0 }
        return .log(suppressedBefore: self.suppressed)
    }

    /// How many were suppressed, for a line of its own about them.
    ///
    /// - Parameter now: never before that of an earlier call.
    /// - Returns: 0 when there is nothing to tell, or when this line, too, would be one too many in its second.
    public mutating func takeSuppressed(at now: ContinuousClock.Instant) -> Int {
        guard self.suppressed > 0, self.takeRoom(at: now) else { return 0 }
        defer { self.suppressed = 0 }
        return self.suppressed
    }

    /// Whether it decides like a new one, so that it can be forgotten: nothing was suppressed, and what was logged is over a
    /// second ago.
    ///
    /// - Parameter now: never before that of an earlier call.
    public func isNew(at now: ContinuousClock.Instant) -> Bool {
        self.suppressed == 0 && self.logged.allSatisfy { $0.advanced(by: .seconds(1)) <= now }
    }

    private mutating func takeRoom(at now: ContinuousClock.Instant) -> Bool {
        if self.logged.count < self.perSecond {
            self.logged.append(now)
        } else if self.logged[self.oldest].advanced(by: .seconds(1)) <= now {
            self.logged[self.oldest] = now
            self.oldest = (self.oldest + 1) % self.perSecond
        } else {
            return false
        }
        return true
    }
}
