import Synchronization

/// The counts that the daemon keeps besides the engine. Any thread.
///
/// `CounterGroup.daemon` and `CounterGroup.control` give the meaning of each.
final class DaemonCounts: Sendable {
    let listenersExhausted = Atomic<Int>(0)
    let eventsSuppressed = Atomic<Int>(0)
    let control = ControlCounts()
    /// The log keeps this count.
    let linesDropped: @Sendable () -> Int

    init(linesDropped: @escaping @Sendable () -> Int = { 0 }) {
        self.linesDropped = linesDropped
    }

    /// Each of the counts, in the order of the documents.
    var counters: [Counter] {
        CounterGroup.daemon.values(in: self) + CounterGroup.control.values(in: self.control)
    }
}
