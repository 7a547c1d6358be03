import Synchronization

/// The counts of the control socket. Any thread.
///
/// `CounterGroup.control` gives the meaning of each.
final class ControlCounts: Sendable {
    let open = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let errors = Atomic<Int>(0)
}
