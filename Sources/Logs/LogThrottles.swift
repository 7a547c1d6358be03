/// A `LogThrottle` for each class of events.
public struct LogThrottles<Class: Hashable & Sendable>: Sendable {
    private var throttles: [Class: LogThrottle] = [:]

    public init() {}

    /// The number of classes with a throttle.
    var count: Int { self.throttles.count }

    /// Decides whether to log an event of the class.
    ///
    /// - Parameters:
    ///   - perSecond: the limit of this class. Only the value at the class's first event has an effect.
    ///   - now: not before the time of an earlier call.
    public mutating func admit(
        _ eventClass: Class,
        perSecond: Int = 10,
        at now: ContinuousClock.Instant
    ) -> LogThrottle.Decision {
        self.throttles[eventClass, default: LogThrottle(perSecond: perSecond)].admit(at: now)
    }

    /// Takes the numbers of suppressed events that no later event has reported, by class. Leaves out classes whose line
    /// would exceed the limit.
    ///
    /// Call it regularly, because a burst may end without another event. It deletes throttles that are no longer
    /// needed.
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
