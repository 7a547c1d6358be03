import EngineSupport
import Glibc
import Testing

@testable import Engine

/// Single turns of an event loop.
@Suite("A turn of an event loop")
struct EventLoopTurnTests {
    private let loop: EventLoop
    private let journal = Journal()

    init() throws {
        self.loop = try EventLoop(index: 0, clock: .driven)
    }

    /// Records events in order. Only the test's thread, which also runs the loop, uses it.
    private final class Journal: @unchecked Sendable {
        var entries: [String] = []
    }

    /// Records each readiness, reads the descriptor, and then calls `whenReady`.
    private final class Source: EventSource {
        let name: String
        let journal: Journal
        var whenReady: (Source) -> Void = { _ in }
        private(set) var events: [PollEvents] = []

        init(_ name: String, _ descriptor: CInt, _ loop: EventLoop, _ journal: Journal) {
            self.name = name
            self.journal = journal
            super.init(descriptor: descriptor, loop: loop)
        }

        override func ready(_ events: PollEvents) {
            self.events.append(events)
            self.journal.entries.append("ready \(self.name)")
            var buffer = [UInt8](repeating: 0, count: 1_000)
            _ = recv(self.descriptor, &buffer, buffer.count, 0)
            self.whenReady(self)
        }

        override func tearDown() {
            self.journal.entries.append("closed \(self.name)")
            super.tearDown()
        }
    }

    private func source(_ name: String, _ pair: SocketPair) throws -> Source { try self.source(name, pair.take()) }

    private func source(_ name: String, _ descriptor: CInt) throws -> Source {
        let source = Source(name, descriptor, self.loop, self.journal)
        try self.loop.setInterest(.readable, of: source)
        return source
    }

    // MARK: Order

    @Test("a turn runs sockets, timers, inbox, output and closes in this order")
    func order() throws {
        let pair = try SocketPair()
        let source = try self.source("A", pair)
        self.loop.endOfTurn = { [journal] in
            journal.entries.append("output")
            return false
        }
        self.loop.schedule(after: .zero) { [journal] in journal.entries.append("timer") }
        self.loop.post { [journal] in journal.entries.append("inbox") }
        source.whenReady = { $0.loop.closeAtEndOfTurn($0) }
        pair.write()
        self.loop.runTurn()
        #expect(self.journal.entries == ["ready A", "timer", "inbox", "output", "closed A"])
    }

    @Test("timers that are added during a turn run in the same turn")
    func within() throws {
        let pair = try SocketPair()
        let source = try self.source("A", pair)
        defer { self.loop.closeAtEndOfTurn(source) }
        source.whenReady = { [journal] source in
            source.loop.schedule(after: .zero) { journal.entries.append("timer") }
        }
        self.loop.schedule(after: .zero) { [journal] in journal.entries.append("first timer") }
        pair.write()
        self.loop.runTurn()
        #expect(self.journal.entries == ["ready A", "first timer", "timer"])
    }

    @Test("work that posts itself continues in the next turn, after the sockets")
    func endlessWork() throws {
        let pair = try SocketPair()
        let source = try self.source("A", pair)
        defer { self.loop.closeAtEndOfTurn(source) }
        let (loop, journal) = (self.loop, self.journal)
        @Sendable func again() {
            journal.entries.append("work")
            loop.post { again() }
        }
        loop.post { again() }
        for _ in 0..<3 {
            pair.write()
            loop.runTurn()
        }
        #expect(journal.entries == ["ready A", "work", "ready A", "work", "ready A", "work"])
    }

    @Test("remaining output starts the next turn at once")
    func outputLeft() {
        var left = 3
        self.loop.endOfTurn = {
            left -= 1
            return left > 0
        }
        self.loop.runTurns()
        #expect(left == 0)
    }

    // MARK: The inbox

    private struct Parcel: Delivery {
        let number: Int
        let byteCount: Int
        let journal: Journal

        func deliver() { self.journal.entries.append("\(self.number)") }
    }

    @Test("work and deliveries share one queue in the order of arrival")
    func oneList() {
        for number in 0..<100 {
            if number % 3 == 0 {
                self.loop.post(Parcel(number: number, byteCount: 10, journal: self.journal))
            } else {
                self.loop.post { [journal] in journal.entries.append("\(number)") }
            }
        }
        self.loop.runTurns()
        #expect(self.journal.entries == (0..<100).map { "\($0)" })
    }

    @Test("a turn takes a limited number of inbox entries, and the next turn continues there")
    func entriesPerTurn() {
        let count = 2 * Inbox.entriesPerTurn + 10
        for number in 0..<count { self.loop.post { [journal] in journal.entries.append("\(number)") } }
        var counts: [Int] = []
        for _ in 0..<3 {
            self.loop.runTurn()
            counts.append(self.journal.entries.count)
        }
        #expect(counts == [Inbox.entriesPerTurn, 2 * Inbox.entriesPerTurn, count])
        #expect(self.journal.entries == (0..<count).map { "\($0)" })
    }

    @Test("a turn takes a limited number of inbox bytes, plus the rest of the last entry")
    func bytesPerTurn() {
        let half = Inbox.bytesPerTurn / 2
        for (number, byteCount) in [half - 1, half, 3 * half, half, half, 1].enumerated() {
            self.loop.post(Parcel(number: number, byteCount: byteCount, journal: self.journal))
        }
        var counts: [Int] = []
        var bytes: [Int] = []
        for _ in 0..<3 {
            self.loop.runTurn()
            counts.append(self.journal.entries.count)
            bytes.append(self.loop.inboxBytes)
        }
        #expect(counts == [3, 5, 6])
        #expect(bytes == [2 * half + 1, 1, 0])
    }

    @Test("the sender that filled the inbox is told once, when half of it has been delivered")
    func room() {
        self.loop.useInbox(pendingBytesMax: 4 * Inbox.bytesPerTurn)
        let told = Locked(0)
        let post = { [loop, journal] in
            loop.post(Parcel(number: 0, byteCount: Inbox.bytesPerTurn, journal: journal)) { told.withLock { $0 += 1 } }
        }
        #expect([post(), post()] == [false, true])
        self.loop.runTurn()
        #expect(told.withLock { $0 } == 1)
        self.loop.runTurns()
        #expect(told.withLock { $0 } == 1 && self.loop.inboxBytes == 0)
    }

    // MARK: Closing

    @Test("a source that closed earlier in the turn gets no event")
    func closedInTurn() throws {
        let pairs = try (0..<2).map { _ in try SocketPair() }
        let sources = [try self.source("A", pairs[0]), try self.source("B", pairs[1])]
        for source in sources {
            source.whenReady = { ready in
                for other in sources where other !== ready { other.loop.closeAtEndOfTurn(other) }
            }
        }
        for pair in pairs { pair.write() }
        self.loop.runTurn()
        let ready = try #require(self.journal.entries.first)
        #expect(ready.hasPrefix("ready") && self.journal.entries.count == 2)
        #expect(self.journal.entries[1] == (ready == "ready A" ? "closed B" : "closed A"))
        for source in sources { self.loop.closeAtEndOfTurn(source) }
        self.loop.runTurn()
    }

    @Test("a descriptor is not reused within the turn that closes it")
    func noReuse() throws {
        let pairs = try (0..<2).map { _ in try SocketPair() }
        let source = try self.source("A", pairs[0])
        let old = source.descriptor
        var new: SocketPair?
        source.whenReady = { source in
            source.loop.closeAtEndOfTurn(source)
            new = try? SocketPair()
        }
        pairs[0].write()
        self.loop.runTurn()
        #expect(source.descriptor == -1)
        let pair = try #require(new)
        #expect(pair.here != old && pair.there != old)
    }

    @Test("closing a source twice has no further effect")
    func closedTwice() throws {
        let pair = try SocketPair()
        let source = try self.source("A", pair)
        self.loop.closeAtEndOfTurn(source)
        self.loop.closeAtEndOfTurn(source)
        self.loop.runTurn()
        self.loop.closeAtEndOfTurn(source)
        self.loop.runTurn()
        #expect(self.journal.entries == ["closed A"])
    }

    @Test("a turn closes a limited number of sources in order, and the next turns close the rest")
    func closesPerTurn() throws {
        let sources = try (0..<250).map { try self.source("\($0)", SocketPair()) }
        for source in sources { self.loop.closeAtEndOfTurn(source) }
        var counts: [Int] = []
        for _ in 0..<3 {
            self.loop.runTurn()
            counts.append(self.journal.entries.count { $0.hasPrefix("closed") })
        }
        #expect(counts == [EventLoop.closesPerTurn, 2 * EventLoop.closesPerTurn, 250])
        #expect(self.journal.entries.filter { $0.hasPrefix("closed") } == (0..<250).map { "closed \($0)" })
    }

    @Test("a closed source leaves no poller entry, even if its descriptor was duplicated")
    func duplicate() throws {
        let pair = try SocketPair()
        // A high number, which no other test uses at the same time.
        let descriptor = fcntl(pair.here, F_DUPFD_CLOEXEC, 900)
        let source = try self.source("A", descriptor)
        self.loop.closeAtEndOfTurn(source)
        self.loop.runTurn()
        #expect(source.descriptor == -1)
        pair.write()
        for _ in 0..<10 { self.loop.runTurn() }
        #expect(self.journal.entries == ["closed A"])
        // Adding the same socket under the same number succeeds only if the poller has no entry for it.
        try #require(dup2(pair.here, descriptor) == descriptor)
        let next = try self.source("B", descriptor)
        self.loop.runTurn()
        self.loop.closeAtEndOfTurn(next)
        self.loop.runTurn()
        #expect(self.journal.entries == ["closed A", "ready B", "closed B"])
    }

    // MARK: Interest

    @Test("a source without interest is not polled, even after its peer closed")
    func notPolled() throws {
        let pair = try SocketPair()
        let source = try self.source("A", pair)
        self.loop.stopPolling(source)
        pair.write()
        shutdown(pair.there, CInt(SHUT_RDWR))
        for _ in 0..<10 { self.loop.runTurn() }
        #expect(self.journal.entries == [])
        try self.loop.setInterest(.readable, of: source)
        self.loop.runTurn()
        #expect(self.journal.entries == ["ready A"])
        #expect(source.events[0].isSuperset(of: [.readable]))
        self.loop.closeAtEndOfTurn(source)
        self.loop.runTurn()
    }

    @Test("a source gets only the events of its interest")
    func interest() throws {
        let pair = try SocketPair()
        let source = try self.source("A", pair)
        self.loop.runTurn()
        #expect(source.events == [])
        try self.loop.setInterest(.writable, of: source)
        pair.write()
        self.loop.runTurn()
        #expect(source.events == [.writable])
        try self.loop.setInterest([.readable, .writable], of: source)
        pair.write()
        self.loop.runTurn()
        #expect(source.events == [.writable, [.readable, .writable]])
        self.loop.closeAtEndOfTurn(source)
        self.loop.runTurn()
    }
}
