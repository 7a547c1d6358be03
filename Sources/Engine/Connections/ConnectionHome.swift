/// The event loop of a connection and the limits that apply there. `Shard` is the only subclass.
// @unchecked: all mutable state belongs to `loop` and is accessed only there.
class ConnectionHome: @unchecked Sendable {
    final let loop: EventLoop
    final var limits: Limits
    /// The clocks of all timeouts.
    final var clock = LoopClock()

    init(loop: EventLoop, limits: Limits) {
        self.loop = loop
        self.limits = limits
    }
}
