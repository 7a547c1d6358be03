/// Something that an event loop polls. Its event loop only.
///
/// The poller holds it unretained: whoever opens it keeps it alive until `closeAtEndOfTurn` has let it go.
class EventSource {
    /// -1 after the close.
    final private(set) var descriptor: CInt
    final unowned(unsafe) let loop: EventLoop
    /// What it wants to hear of. A source that wants nothing is not polled: an end of the peer, which epoll reports always,
    /// would be reported without end.
    final fileprivate(set) var interest: PollEvents = []
    final fileprivate(set) var isPolled = false
    final fileprivate(set) var isClosing = false

    init(descriptor: CInt, loop: EventLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    /// The descriptor is ready. Its event loop calls this at most once per turn, and not after `closeAtEndOfTurn`.
    func ready(_ events: PollEvents) { preconditionFailure("an event for a source without a handler") }

    /// Its turn ends: the descriptor is out of the poller, and `closeDescriptor` is due.
    func tearDown() { self.closeDescriptor() }

    /// Closes the descriptor, which nobody polls.
    final func closeDescriptor() {
        guard self.descriptor >= 0 else { return }
        Descriptor.close(self.descriptor)
        self.descriptor = -1
    }

    /// The descriptor is another's from now on.
    final func releaseDescriptor() -> CInt {
        defer { self.descriptor = -1 }
        return self.descriptor
    }
}

extension Poller {
    /// Polls the source for other events, or for none.
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

    /// Takes the source out of the poller before its descriptor is closed: a further copy of the descriptor, here or in
    /// another process, would keep it there.
    func forget(_ source: EventSource) {
        if source.isPolled { self.remove(source) }
        source.isPolled = false
        source.interest = []
        source.isClosing = true
    }
}
