import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Engine

/// An event source that counts its closes.
private final class CountedSource: EventSource {
    private let closed: Locked<Int>

    init(_ loop: EventLoop, _ closed: Locked<Int>) {
        self.closed = closed
        super.init(descriptor: dup(STDIN_FILENO), loop: loop)
    }

    override func tearDown() {
        self.closed.withLock { $0 += 1 }
        super.tearDown()
    }
}

/// An event loop on its own thread.
@Suite("The thread of an event loop", .timeLimit(.minutes(1)))
struct EventLoopThreadTests {
    private func run(_ body: (EventLoop) async throws -> Void) async throws {
        let loop = try EventLoop(index: 0)
        try loop.start()
        do {
            try await body(loop)
        } catch {
            await Self.stop(loop)
            throw error
        }
        await Self.stop(loop)
    }

    /// Waits on a thread of the global queue, because waiting tests may block all threads of the task pool.
    private static func stop(_ loop: EventLoop) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                loop.stop()
                continuation.resume()
            }
        }
    }

    @Test("work from another thread wakes an idle loop")
    func wakes() async throws {
        try await self.run { loop in
            for number in 0..<1_000 {
                let answer = try await loop.submit { number }.get()
                #expect(answer == number)
            }
            let isCurrentThere = try await loop.submit { loop.isCurrent }.get()
            #expect(isCurrentThere && !loop.isCurrent)
        }
    }

    @Test("a timer does not fire before it is due")
    func timers() async throws {
        try await self.run { loop in
            let start = Instant.now()
            let done = Answer<Instant>()
            loop.post { loop.schedule(after: .milliseconds(30)) { done.succeed(.now()) } }
            let doneAt = try await done.get()
            #expect(doneAt - start >= .milliseconds(30))
        }
    }

    @Test("an idle loop waits instead of spinning")
    func waits() async throws {
        try await self.run { loop in
            let turns = Locked(0)
            try await loop.submit {
                loop.endOfTurn = {
                    turns.withLock { $0 += 1 }
                    return false
                }
            }.get()
            let done = Answer<Void>()
            loop.post { loop.schedule(after: .milliseconds(100)) { done.succeed(()) } }
            try await done.get()
            // Three turns are expected: for the post, for the timer, and for a wake-up a fraction of a millisecond
            // early.
            #expect(turns.withLock { $0 } < 10)
        }
    }

    @Test("work from one thread runs once and in order, even if it is posted faster than the loop runs it")
    func order() async throws {
        try await self.run { loop in
            let done = Locked<[Int]>([])
            for number in 0..<10_000 { loop.post { done.withLock { $0.append(number) } } }
            try await loop.submit {}.get()
            #expect(done.withLock { $0 } == Array(0..<10_000))
        }
    }

    @Test("work from several threads keeps the order of each thread")
    func manyThreads() async throws {
        try await self.run { loop in
            let done = Locked<[[Int]]>(Array(repeating: [], count: 4))
            await withTaskGroup(of: Void.self) { group in
                for thread in 0..<4 {
                    group.addTask {
                        for number in 0..<5_000 { loop.post { done.withLock { $0[thread].append(number) } } }
                    }
                }
            }
            try await loop.submit {}.get()
            #expect(done.withLock { $0 } == Array(repeating: Array(0..<5_000), count: 4))
        }
    }

    @Test("work that posts itself endlessly does not starve timers")
    func endlessWork() async throws {
        try await self.run { loop in
            let isOver = Atomic(false)
            @Sendable func again() {
                if !isOver.load(ordering: .relaxed) { loop.post { again() } }
            }
            again()
            let done = Answer<Void>()
            loop.post { loop.schedule(after: .milliseconds(5)) { done.succeed(()) } }
            try await done.get()
            isOver.store(true, ordering: .relaxed)
        }
    }

    @Test("work posted before the stop runs, and later work is refused")
    func end() async throws {
        let loop = try EventLoop(index: 0)
        try loop.start()
        let gate = Gate()
        let done = Locked<[Int]>([])
        loop.post { gate.wait() }
        // The work needs more than one turn.
        for number in 0..<1_000 { loop.post { done.withLock { $0.append(number) } } }
        let last = loop.submit { 7 }
        gate.open()
        await Self.stop(loop)
        #expect(try await last.get() == 7)
        #expect(done.withLock { $0 } == Array(0..<1_000))
        #expect(!loop.post { done.withLock { $0.append(-1) } })
        await #expect(throws: EventLoopEnded.self) { try await loop.submit { 8 }.get() }
        #expect(done.withLock { $0.last } == 999)
    }

    @Test("work that is posted during the stop runs or is refused")
    func postedAtTheEnd() async throws {
        let loop = try EventLoop(index: 0)
        try loop.start()
        let gate = Gate()
        let outcome = Locked<[String]>([])
        loop.post { gate.wait() }
        for _ in 0..<1_000 {
            loop.post {
                let isTaken = loop.post { outcome.withLock { $0.append("done") } }
                outcome.withLock { $0.append(isTaken ? "taken" : "refused") }
            }
        }
        gate.open()
        await Self.stop(loop)
        let outcomes = outcome.withLock { $0 }
        #expect(outcomes.count { $0 != "done" } == 1_000)
        #expect(outcomes.count { $0 == "done" } == outcomes.count { $0 == "taken" })
    }

    @Test("a stop closes pending sources and sends the remaining output")
    func endOfSources() async throws {
        let loop = try EventLoop(index: 0)
        try loop.start()
        let closed = Locked(0)
        let left = Locked(3)
        let gate = Gate()
        loop.post {
            gate.wait()
            loop.endOfTurn = {
                left.withLock { $0 -= 1 }
                return left.withLock { $0 > 0 }
            }
            for _ in 0..<300 { loop.closeAtEndOfTurn(CountedSource(loop, closed)) }
        }
        gate.open()
        await Self.stop(loop)
        #expect(closed.withLock { $0 } == 300)
        #expect(left.withLock { $0 } <= 0)
    }

    @Test("a stopped loop releases its work and is freed")
    func release() async throws {
        final class Held: Sendable {}
        weak var gone: Held?
        weak var goneLoop: EventLoop?
        do {
            let loop = try EventLoop(index: 0)
            try loop.start()
            goneLoop = loop
            let held = Held()
            gone = held
            try await loop.submit {
                _ = loop.schedule(after: .seconds(3_600)) { withExtendedLifetime(held) {} }
            }.get()
            await Self.stop(loop)
        }
        #expect(gone == nil && goneLoop == nil)
    }
}
