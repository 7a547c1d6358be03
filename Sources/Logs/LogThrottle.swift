/// Limits the log lines per second of one class of events, and counts the rest.
public struct LogThrottle: Sendable {
    public enum Decision: Sendable, Equatable {
        /// Log the event, and report how many events before it were suppressed.
        case log(suppressedBefore: Int)
        case suppress
    }

    /// The number of suppressed events since the last logged one.
    public private(set) var suppressed = 0

    /// The times of the last logged events: a ring whose oldest element is at `oldest` once it is full.
    private var logged: [ContinuousClock.Instant] = []
    private var oldest = 0
    private let perSecond: Int

    /// Makes a throttle.
    ///
    /// - Parameter perSecond: the limit for any period of one second; at least 1.
    public init(perSecond: Int = 10) {
        precondition(perSecond > 0, "a throttle needs at least one line a second")
        self.perSecond = perSecond
    }

    /// Decides whether to log an event.
    ///
    /// - Parameter now: not before the time of an earlier call.
    public mutating func admit(at now: ContinuousClock.Instant) -> Decision {
        guard self.takeRoom(at: now) else {
            self.suppressed += 1
            return .suppress
        }
        defer { self.suppressed = 0 }
        return .log(suppressedBefore: self.suppressed)
    }

    /// Takes the number of suppressed events, for a separate line about them.
    ///
    /// - Parameter now: not before the time of an earlier call.
    /// - Returns: 0 when no event was suppressed, or when the line itself would exceed the limit.
    public mutating func takeSuppressed(at now: ContinuousClock.Instant) -> Int {
        guard self.suppressed > 0, self.takeRoom(at: now) else { return 0 }
        defer { self.suppressed = 0 }
        return self.suppressed
    }

    /// Whether the throttle acts like a new one and can be deleted: no event was suppressed, and the last logged one is
    /// over a second old.
    ///
    /// - Parameter now: not before the time of an earlier call.
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
