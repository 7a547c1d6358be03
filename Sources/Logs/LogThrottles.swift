/// A `LogThrottle` for each class of events.
public struct LogThrottles<Class: Hashable & Sendable>: Sendable {
    private var throttles: [Class: LogThrottle] = [:]

    public init() {}

    /// How many classes are remembered.
    var count: Int { self.throttles.count }

    /// Decides about an event of that class.
    ///
    /// - Parameters:
    ///   - perSecond: of this class; that of its first event holds.
    ///   - now: never before that of an earlier call.
    public mutating func admit(
        _ eventClass: Class,
        perSecond: Int = 10,
        at now: ContinuousClock.Instant
    ) -> LogThrottle.Decision {
        self.throttles[eventClass, default: LogThrottle(perSecond: perSecond)].admit(at: now)
    }

    /// The classes of which something was suppressed that no later event has told, and how much; as far as a line about it
    /// does not come too soon either. To be called now and then, because a storm may end without a further event; it forgets the
    /// classes of which no event is remembered.
    public mutating func takeSuppressed(at now: ContinuousClock.Instant) -> [Class: Int] {
        var suppressed: [Class: Int] = [:]
        for eventClass in self.throttles.keys {
            let count = self.throttles[eventClass]?.takeSuppressed(at: now) ?? 0
            if count > 0 { suppressed[eventClass] = count }
        }
        self.throttles = self.throttles.filter { !$0.value.isNew(at: now) }
        return suppressed
    }
}
