import CLinux
import Glibc
import Synchronization

/// One thread with its poller, its timers and its inbox. It knows nothing of connections: they are event sources, and what
/// they send at the end of a turn is one closure.
///
/// A turn is the work between two waits, in this order: the sockets that are ready, timers that are due, a part of the
/// inbox, the output of the turn, and the closes. So within a turn no descriptor is used again, and no source goes.
// @unchecked: what is not constant belongs to the loop's thread; the inbox has a lock.
final class EventLoop: @unchecked Sendable {
    /// What tells the time.
    enum Clock {
        case system
        /// A test, with `advance(by:)`; the test's thread is the loop's, and calls `runTurn`.
        case driven
    }

    /// For how long an ending loop goes on with output.
    static let lastOutputMax = Duration.seconds(1)
    /// Sources that one turn closes.
    static let closesPerTurn = 100
    /// The same while output is left for later turns: others wait for that.
    static let closesBesideOutput = 5

    // MARK: Constant, any thread

    let index: Int
    let system: SystemCalls
    private let inbox: Inbox
    private let isDriven: Bool
    /// Its thread; 0 before it has started.
    private let thread = Atomic<pthread_t>(0)

    // MARK: Event loop only

    /// When this turn began.
    private(set) var now: Instant
    /// Sends what the turn has brought; returns whether some of it is left for the next turn, which then begins at once.
    var endOfTurn: () -> Bool = { false }
    private let poller: Poller
    private var timers = TimerHeap()
    private var bell: Bell?
    private var entries: ContiguousArray<Inbox.Entry> = []
    /// The first of `entries` that is not done.
    private var nextEntry = 0
    private var isRung = false
    private var hasOutputLeft = false
    private var hasWorkLeft = false
    private var closing: ContiguousArray<EventSource> = []
    private var isStopping = false
    /// What has passed of this turn on a driven clock.
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

    /// Whether the caller is on the loop's thread.
    var isCurrent: Bool {
        let thread = self.thread.load(ordering: .relaxed)
        return thread == 0 || thread == pthread_self()
    }
}

// MARK: - Any thread

extension EventLoop {
    /// Hands work to a later part of this turn or to a later turn; work of one thread is done in the order in which it was
    /// posted.
    ///
    /// - Returns: false, and it will not be done, once the loop has ended.
    @discardableResult
    func post(_ work: @escaping @Sendable () -> Void) -> Bool { self.inbox.post(work) }

    /// Posts work whose result is awaited.
    func submit<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) -> Answer<Result> {
        self.ask { $0.set(Swift.Result(catching: body)) }
    }

    /// Posts work that sets an answer, then or later.
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

    /// Sets how much may wait to be delivered: half of what may wait for one connection.
    func useInbox(pendingBytesMax: Int?) { self.inbox.use(pendingBytesMax: pendingBytesMax) }

    /// Bytes that wait to be delivered.
    var inboxBytes: Int { self.inbox.byteCount }

    /// Starts its thread.
    ///
    /// - Throws: when the system has none.
    func start() throws(SystemError) {
        let loop = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { preconditionFailure("an event loop's thread without its loop") }
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

    /// Ends the loop, and waits for the end of its thread. What was posted before is done; what is posted later is not.
    ///
    /// - Precondition: the caller is not on the loop.
    func stop() {
        self.post { self.isStopping = true }
        let thread = self.thread.load(ordering: .relaxed)
        guard thread != 0 else { return self.end() }
        precondition(thread != pthread_self(), "an event loop that waits for its own end")
        pthread_join(thread, nil)
    }
}

/// The loop that was to do some work has ended.
struct EventLoopEnded: Error {}

// MARK: - Event loop only

extension EventLoop {
    /// The time, which passes within a turn too.
    var time: Instant { self.isDriven ? self.now + self.elapsed : .now() }

    /// Does the work once, when the time has passed; after the sockets that are ready by then.
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

    /// Polls the source for these events; for none, it is not polled at all.
    ///
    /// - Throws: when the system has no memory for it.
    func setInterest(_ interest: PollEvents, of source: EventSource) throws(SystemError) {
        guard source.descriptor >= 0 else { return }
        try self.poller.setInterest(interest, of: source)
    }

    /// Takes the source out of the poller now, and closes it with this turn; one that closes already is left as it is.
    func closeAtEndOfTurn(_ source: EventSource) {
        guard source.descriptor >= 0, !source.isClosing else { return }
        self.poller.forget(source)
        self.closing.append(source)
    }

    /// Polls the source for nothing, until `setInterest`.
    func stopPolling(_ source: EventSource) {
        do throws(SystemError) {
            try self.poller.setInterest([], of: source)
        } catch {
            preconditionFailure("a source that can't be taken out of the poller: \(error)")
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
            // A source may change the poller, which is not being accessed while it is called.
            let (source, events) = self.poller.event(at: index)
            source._withUnsafeGuaranteedRef { if $0.isPolled { $0.ready(events) } }
        }
        while let work = self.timers.popDue(at: self.now) { work() }
        self.doEntries()
        self.hasOutputLeft = self.endOfTurn()
        self.tearDownClosing(max: self.hasOutputLeft ? Self.closesBesideOutput : Self.closesPerTurn)
    }

    /// How long the next turn may wait: measured after the output, which takes its time.
    private var waitMilliseconds: CInt {
        if self.hasOutputLeft || self.hasWorkLeft { return 0 }
        guard let deadline = self.timers.nextDeadline else { return -1 }
        let left = (deadline - .now()).nanosecondCount
        return CInt(clamping: max(0, (left + 999_999) / 1_000_000))
    }

    private func doEntries() {
        // Without the lock where nobody has rung.
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
            // What was done would hold its memory until somebody rings again.
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

    /// Closes a part of those that are to close: a fan-out may pass the limits of thousands, and the others would wait.
    private func tearDownClosing(max: Int) {
        guard !self.closing.isEmpty else { return }
        let part = self.closing.prefix(max)
        self.closing.removeFirst(part.count)
        for source in part { source.tearDown() }
        if !self.closing.isEmpty { self.hasWorkLeft = true }
    }

    /// Work that waits is done, since its result may be awaited.
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
        // It and what it holds would keep each other.
        self.endOfTurn = { false }
        if let bell { self.poller.forget(bell) }
        self.bell = nil
    }
}

// MARK: - Tests

extension EventLoop {
    /// Lets time pass within a turn: the next one begins so much later.
    func elapse(_ duration: Duration) { self.elapsed += duration }

    /// Does one turn without waiting. For a loop whose clock is driven.
    func runTurn() {
        precondition(self.isDriven, "a turn of a loop that has a thread")
        self.turn(waitMilliseconds: 0)
    }

    /// Does turns until there is nothing to do at this moment.
    func runTurns() {
        repeat { self.runTurn() } while self.hasOutputLeft || self.hasWorkLeft || !self.inbox.isEmpty
    }

    /// Lets time pass: each timer that is due meanwhile is done in a turn at its own moment.
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

/// The inbox's eventfd as an event source; the inbox closes it.
private final class Bell: EventSource {
    override func ready(_ events: PollEvents) { self.loop.rung() }
}
