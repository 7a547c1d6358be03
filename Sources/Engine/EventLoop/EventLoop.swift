import CLinux
import Glibc
import Synchronization

/// One thread with a poller, timers and an inbox.
///
/// It has no knowledge of connections. To the loop, connections are event sources, and one closure sends the output at
/// the end of a turn.
///
/// A turn is the work between two waits. Its order is: ready sockets, due timers, a part of the inbox, the output, the
/// closes. Because the closes come last, no descriptor number is reused and no source is freed within a turn.
// @unchecked: all mutable state belongs to the loop's thread, except for the inbox, which has a lock.
final class EventLoop: @unchecked Sendable {
    /// The source of the time.
    enum Clock {
        case system
        /// Driven by a test with `advance(by:)`. The loop has no thread of its own: the test calls `runTurn`.
        case driven
    }

    /// The maximum time that an ending loop spends on its remaining output.
    static let lastOutputMax = Duration.seconds(1)
    /// The maximum number of sources that one turn closes.
    static let closesPerTurn = 100
    /// The maximum while output is left for later turns. It is lower, because connections wait for that output.
    static let closesBesideOutput = 5

    // MARK: Constant, any thread

    let index: Int
    let system: SystemCalls
    private let inbox: Inbox
    private let isDriven: Bool
    /// The loop's thread; 0 before `start`.
    private let thread = Atomic<pthread_t>(0)

    // MARK: Event loop only

    /// The start time of this turn.
    private(set) var now: Instant
    /// Sends the output of the turn. Returns true if some output is left: the next turn then begins without waiting.
    var endOfTurn: () -> Bool = { false }
    private let poller: Poller
    private var timers = TimerHeap()
    private var bell: Bell?
    private var entries: ContiguousArray<Inbox.Entry> = []
    /// The index of the first of `entries` that has not run yet.
    private var nextEntry = 0
    private var isRung = false
    private var hasOutputLeft = false
    private var hasWorkLeft = false
    private var closing: ContiguousArray<EventSource> = []
    private var isStopping = false
    /// On a driven clock: the time since this turn began.
    private var elapsed = Duration.zero

    init(index: Int, clock: Clock = .system, system: SystemCalls = .real) throws(SystemError) {
        self.index = index
        self.system = system
        self.isDriven = clock == .driven
        self.now = clock == .driven ? Instant(nanoseconds: 0) : .now()
        self.inbox = try Inbox()
        self.poller = try Poller()
        let bell = Bell(descriptor: self.inbox.bell, loop: self)
        try self.poller.setInterest([.readable, .edgeTriggered], of: bell)
        self.bell = bell
    }

    /// Whether the caller is on the loop's thread. Always true before `start`.
    var isCurrent: Bool {
        let thread = self.thread.load(ordering: .relaxed)
        return thread == 0 || thread == pthread_self()
    }
}

// MARK: - Any thread

extension EventLoop {
    /// Posts work to a later part of this turn, or to a later turn.
    ///
    /// The work posted by one thread runs in the order of posting.
    ///
    /// - Returns: false if the loop has ended. The work then never runs.
    @discardableResult
    func post(_ work: @escaping @Sendable () -> Void) -> Bool { self.inbox.post(work) }

    /// Posts work and returns an answer with its result.
    func submit<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) -> Answer<Result> {
        self.ask { $0.set(Swift.Result(catching: body)) }
    }

    /// Posts work that sets the given answer, immediately or later.
    func ask<Result: Sendable>(_ body: @escaping @Sendable (Answer<Result>) -> Void) -> Answer<Result> {
        let answer = Answer<Result>()
        if !self.inbox.post({ body(answer) }) { answer.fail(EventLoopEnded()) }
        return answer
    }

    /// See `Inbox`.
    func post(_ delivery: any Delivery, whenRoom: @escaping @Sendable () -> Void) -> Bool {
        self.inbox.post(delivery, whenRoom: whenRoom)
    }

    /// See `Inbox`.
    func post(_ delivery: any Delivery) { self.inbox.post(delivery) }

    /// Limits the bytes that may wait in the inbox: half of `pendingBytesMax`, the limit for one connection.
    func useInbox(pendingBytesMax: Int?) { self.inbox.use(pendingBytesMax: pendingBytesMax) }

    /// Bytes that wait in the inbox.
    var inboxBytes: Int { self.inbox.byteCount }

    /// Starts the loop's thread.
    ///
    /// - Throws: when the system cannot create a thread.
    func start() throws(SystemError) {
        let loop = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { preconditionFailure("an event loop's thread has started without its loop") }
                Unmanaged<EventLoop>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            },
            loop.toOpaque()
        )
        guard code == 0 else {
            loop.release()
            throw SystemError(code: code, call: "pthread_create")
        }
        pthread_setname_np(thread, "loop-\(self.index)")
        self.thread.store(thread, ordering: .relaxed)
    }

    /// Ends the loop and waits for its thread. Work that was posted before this call still runs. Later work runs only
    /// if `post` returns true.
    ///
    /// - Precondition: the caller is not on the loop.
    func stop() {
        self.post { self.isStopping = true }
        let thread = self.thread.load(ordering: .relaxed)
        guard thread != 0 else { return self.end() }
        precondition(thread != pthread_self(), "an event loop waits for its own end")
        pthread_join(thread, nil)
    }
}

/// The error of work that never ran because its loop had ended.
struct EventLoopEnded: Error {}

// MARK: - Event loop only

extension EventLoop {
    /// The current time. Unlike `now`, it advances within a turn.
    var time: Instant { self.isDriven ? self.now + self.elapsed : .now() }

    /// Runs the work once, after the delay. In the turn in which it is due, it runs after the ready sockets.
    @discardableResult
    func schedule(after delay: Duration, _ work: @escaping () -> Void) -> Timer {
        self.timers.add(at: self.now + delay, work)
    }

    @discardableResult
    func schedule(at deadline: Instant, _ work: @escaping () -> Void) -> Timer {
        self.timers.add(at: deadline, work)
    }

    func cancel(_ timer: Timer?) {
        if let timer { self.timers.cancel(timer) }
    }

    /// Sets the events to poll for. With an empty set, the source is not polled at all.
    ///
    /// - Throws: when the system has no memory for it.
    func setInterest(_ interest: PollEvents, of source: EventSource) throws(SystemError) {
        guard source.descriptor >= 0 else { return }
        try self.poller.setInterest(interest, of: source)
    }

    /// Removes the source from the poller now, and closes it at the end of this turn, or of a later turn if many
    /// sources are closing. A no-op if it is already closing.
    func closeAtEndOfTurn(_ source: EventSource) {
        guard source.descriptor >= 0, !source.isClosing else { return }
        self.poller.forget(source)
        self.closing.append(source)
    }

    /// Stops polling the source until the next `setInterest`.
    func stopPolling(_ source: EventSource) {
        do throws(SystemError) {
            try self.poller.setInterest([], of: source)
        } catch {
            preconditionFailure("a source cannot be removed from the poller: \(error)")
        }
    }

    fileprivate func rung() { self.isRung = true }

    private func run() {
        while !self.isStopping { self.turn(waitMilliseconds: self.waitMilliseconds) }
        self.end()
    }

    private func turn(waitMilliseconds: CInt) {
        let eventCount = self.poller.wait(milliseconds: waitMilliseconds)
        self.now = self.time
        self.elapsed = .zero
        for index in 0..<eventCount {
            // `ready` may change the poller, so the event is copied out of it first.
            let (source, events) = self.poller.event(at: index)
            source._withUnsafeGuaranteedRef { if $0.isPolled { $0.ready(events) } }
        }
        while let work = self.timers.popDue(at: self.now) { work() }
        self.doEntries()
        self.hasOutputLeft = self.endOfTurn()
        self.tearDownClosing(max: self.hasOutputLeft ? Self.closesBesideOutput : Self.closesPerTurn)
    }

    /// The maximum wait of the next turn. It is computed after the output, because the output takes time.
    private var waitMilliseconds: CInt {
        if self.hasOutputLeft || self.hasWorkLeft { return 0 }
        guard let deadline = self.timers.nextDeadline else { return -1 }
        let left = (deadline - .now()).nanosecondCount
        return CInt(clamping: max(0, (left + 999_999) / 1_000_000))
    }

    private func doEntries() {
        // This check avoids the lock while the inbox has not woken the loop.
        if self.entries.isEmpty, self.isRung {
            self.isRung = false
            self.entries = self.inbox.takeAll()
        }
        var (count, byteCount) = (0, 0)
        while self.nextEntry < self.entries.count, count < Inbox.entriesPerTurn, byteCount < Inbox.bytesPerTurn {
            let entry = self.entries[self.nextEntry]
            self.nextEntry += 1
            count += 1
            byteCount += entry.byteCount
            Self.do(entry)
        }
        if byteCount > 0 { self.inbox.delivered(byteCount) }
        if self.nextEntry == self.entries.count {
            // Otherwise the finished entries would keep their memory until the inbox wakes the loop again.
            (self.entries, self.nextEntry) = ([], 0)
        }
        self.hasWorkLeft = !self.entries.isEmpty || self.isRung
    }

    private static func `do`(_ entry: Inbox.Entry) {
        switch entry {
        case .work(let work): work()
        case .delivery(let delivery): delivery.deliver()
        }
    }

    /// Closes some of the sources to be closed.
    ///
    /// One fan-out can close thousands of connections. The other connections would wait for all of these closes.
    private func tearDownClosing(max: Int) {
        guard !self.closing.isEmpty else { return }
        let part = self.closing.prefix(max)
        self.closing.removeFirst(part.count)
        for source in part { source.tearDown() }
        if !self.closing.isEmpty { self.hasWorkLeft = true }
    }

    /// Runs the remaining work, because other threads may wait for its result.
    private func end() {
        while self.nextEntry < self.entries.count {
            self.nextEntry += 1
            Self.do(self.entries[self.nextEntry - 1])
        }
        self.entries = []
        for entry in self.inbox.end() { Self.do(entry) }
        let deadline = self.time + Self.lastOutputMax
        while self.endOfTurn(), self.time < deadline {}
        while !self.closing.isEmpty { self.tearDownClosing(max: .max) }
        self.timers.removeAll()
        // The closure and the objects that it captures would otherwise keep each other alive.
        self.endOfTurn = { false }
        if let bell { self.poller.forget(bell) }
        self.bell = nil
    }
}

// MARK: - Tests

extension EventLoop {
    /// Advances the time within a turn. The next turn begins that much later.
    func elapse(_ duration: Duration) { self.elapsed += duration }

    /// Runs one turn without waiting. Only for a loop with a driven clock.
    func runTurn() {
        precondition(self.isDriven, "runTurn is called on a loop that has its own thread")
        self.turn(waitMilliseconds: 0)
    }

    /// Runs turns until no work is left at this time.
    func runTurns() {
        repeat { self.runTurn() } while self.hasOutputLeft || self.hasWorkLeft || !self.inbox.isEmpty
    }

    /// Advances the time. Each timer that becomes due runs in a turn at its own deadline.
    func advance(by duration: Duration) {
        let end = self.now + duration
        while let deadline = self.timers.nextDeadline, deadline <= end {
            self.now = max(self.now, deadline)
            self.runTurns()
        }
        self.now = end
        self.runTurns()
    }
}

/// The inbox's eventfd as an event source. The inbox closes the descriptor.
private final class Bell: EventSource {
    override func ready(_ events: PollEvents) { self.loop.rung() }
}
