import Synchronization

/// What the daemon counts besides the engine. Any thread.
final class DaemonCounts: Sendable {
    /// How often no client could be accepted because the system had nothing left for one.
    let listenersExhausted = Atomic<Int>(0)
    /// Events that were left out of the log because too many of their class came.
    let eventsSuppressed = Atomic<Int>(0)
    let control = ControlCounts()
    /// Lines of the log that were dropped because its reader did not keep up, or that could not be written.
    private let linesDropped: @Sendable () -> Int

    init(linesDropped: @escaping @Sendable () -> Int = { 0 }) {
        self.linesDropped = linesDropped
    }

    /// Each of them, in an order for people.
    var counters: [Counter] {
        [
            Counter("listeners_exhausted", self.listenersExhausted.load(ordering: .relaxed)),
            Counter("log_dropped", self.linesDropped()),
            Counter("log_suppressed", self.eventsSuppressed.load(ordering: .relaxed)),
        ] + self.control.counters
    }
}
