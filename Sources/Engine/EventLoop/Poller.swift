import CLinux
import Glibc

/// Flags of epoll: requested or reported events.
struct PollEvents: OptionSet {
    let rawValue: UInt32

    static let readable = PollEvents(rawValue: EPOLLIN.rawValue)
    static let writable = PollEvents(rawValue: EPOLLOUT.rawValue)
    static let edgeTriggered = PollEvents(rawValue: EPOLLET.rawValue)
    /// epoll reports these events whether or not they are requested.
    static let errorOrHangUp = PollEvents(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}

/// An epoll set. Level-triggered, unless a source requests edge-triggered events. Event loop only.
struct Poller: ~Copyable {
    /// The maximum number of events that one wait returns.
    static let eventsMax = 256

    private let descriptor: CInt
    private let events: UnsafeMutableBufferPointer<epoll_event>

    init() throws(SystemError) {
        self.descriptor = try SystemError.check(epoll_create1(CInt(EPOLL_CLOEXEC)), "epoll_create1")
        self.events = .allocate(capacity: Self.eventsMax)
        self.events.initialize(repeating: epoll_event())
    }

    deinit {
        Descriptor.close(self.descriptor)
        self.events.deallocate()
    }

    func add(_ source: EventSource, _ interest: PollEvents) throws(SystemError) {
        var event = Self.event(source, interest)
        try SystemError.check(epoll_ctl(self.descriptor, EPOLL_CTL_ADD, source.descriptor, &event), "epoll_ctl")
    }

    func update(_ source: EventSource, _ interest: PollEvents) throws(SystemError) {
        var event = Self.event(source, interest)
        try SystemError.check(epoll_ctl(self.descriptor, EPOLL_CTL_MOD, source.descriptor, &event), "epoll_ctl")
    }

    func remove(_ source: EventSource) {
        // This fails only if the descriptor is not in the set, which is the desired state.
        epoll_ctl(self.descriptor, EPOLL_CTL_DEL, source.descriptor, nil)
    }

    /// Waits for events.
    ///
    /// - Parameter milliseconds: the maximum wait; -1 waits without a limit.
    /// - Returns: the number of events; 0 after a timeout or a signal.
    func wait(milliseconds: CInt) -> Int {
        let count = epoll_wait(self.descriptor, self.events.baseAddress!, CInt(Self.eventsMax), milliseconds)
        if count < 0 {
            precondition(errno == EINTR, "epoll_wait failed")
            return 0
        }
        return Int(count)
    }

    /// Returns one event of the last wait. Its source is alive, because sources are freed only at the end of a turn.
    @inline(__always)
    func event(at index: Int) -> (source: Unmanaged<EventSource>, events: PollEvents) {
        let event = self.events[index]
        let source = Unmanaged<EventSource>.fromOpaque(UnsafeRawPointer(bitPattern: UInt(event.data.u64))!)
        return (source, PollEvents(rawValue: event.events))
    }

    private static func event(_ source: EventSource, _ interest: PollEvents) -> epoll_event {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = UInt64(UInt(bitPattern: Unmanaged.passUnretained(source).toOpaque()))
        return event
    }
}

enum Descriptor {
    /// Closes a descriptor. Linux frees it even if close(2) returns an error.
    static func close(_ descriptor: CInt) { Glibc.close(descriptor) }
}
