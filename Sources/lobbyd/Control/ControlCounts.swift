import Control
import Synchronization

/// What the control socket has seen. Any thread.
final class ControlCounts: Sendable {
    /// Control connections now.
    let open = Atomic<Int>(0)
    /// Told that there are too many, and closed.
    let refused = Atomic<Int>(0)
    /// Lines that came.
    let requests = Atomic<Int>(0)
    /// Requests that got an error for an answer.
    let errors = Atomic<Int>(0)

    var counters: [Counter] {
        [
            Counter("control_connections", self.open.load(ordering: .relaxed)),
            Counter("control_refused", self.refused.load(ordering: .relaxed)),
            Counter("control_requests", self.requests.load(ordering: .relaxed)),
            Counter("control_errors", self.errors.load(ordering: .relaxed)),
        ]
    }
}
