/// A descriptor that an event loop polls. Event loop only.
///
/// The poller does not retain the source. Its owner keeps it alive until `closeAtEndOfTurn` has closed it.
class EventSource {
    /// -1 once it is closed.
    final private(set) var descriptor: CInt
    final unowned(unsafe) let loop: EventLoop
    /// The events to poll for.
    ///
    /// A source with an empty interest is removed from the poller. epoll would otherwise report a hang-up in every
    /// turn.
    final fileprivate(set) var interest: PollEvents = []
    final fileprivate(set) var isPolled = false
    final fileprivate(set) var isClosing = false

    init(descriptor: CInt, loop: EventLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    /// Handles the events of the descriptor. Called at most once per turn, and never after `closeAtEndOfTurn`.
    func ready(_ events: PollEvents) { preconditionFailure("an event source without a handler is ready") }

    /// Closes the source at the end of its last turn.
    ///
    /// The source is already out of the poller. An override calls `closeDescriptor`.
    func tearDown() { self.closeDescriptor() }

    /// Closes the descriptor, which is no longer polled.
    final func closeDescriptor() {
        guard self.descriptor >= 0 else { return }
        Descriptor.close(self.descriptor)
        self.descriptor = -1
    }

    /// Hands the descriptor to the caller, who closes it.
    final func releaseDescriptor() -> CInt {
        defer { self.descriptor = -1 }
        return self.descriptor
    }
}

extension Poller {
    /// Changes the events that the source is polled for. An empty set removes it from the poller.
    func setInterest(_ interest: PollEvents, of source: EventSource) throws(SystemError) {
        guard interest != source.interest || source.isPolled != !interest.isEmpty else { return }
        if interest.isEmpty {
            if source.isPolled { self.remove(source) }
            source.isPolled = false
        } else if source.isPolled {
            try self.update(source, interest)
        } else {
            try self.add(source, interest)
            source.isPolled = true
        }
        source.interest = interest
    }

    /// Removes the source from the poller before its descriptor is closed.
    ///
    /// epoll would keep the entry if another copy of the descriptor exists, in this or another process.
    func forget(_ source: EventSource) {
        if source.isPolled { self.remove(source) }
        source.isPolled = false
        source.interest = []
        source.isClosing = true
    }
}
