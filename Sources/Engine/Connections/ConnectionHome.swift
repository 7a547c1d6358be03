/// Where connections live: one event loop, with the limits that they have there. `Shard` is the only subclass.
// @unchecked: what is not constant belongs to `loop` and is touched only there.
class ConnectionHome: @unchecked Sendable {
    final let loop: EventLoop
    final var limits: Limits
    /// What timeouts are measured with.
    final var clock = LoopClock()

    init(loop: EventLoop, limits: Limits) {
        self.loop = loop
        self.limits = limits
    }
}
