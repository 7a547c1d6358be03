import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Engine

/// Counts its close.
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

/// An event loop with its thread.
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

    /// Waits on a thread of its own: tests that wait may hold all threads that tasks have.
    private static func stop(_ loop: EventLoop) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                loop.stop()
                continuation.resume()
            }
        }
    }

    @Test("work that another thread posts wakes the loop, which waits for nothing else")
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

    @Test("a timer ends the wait when it is due, not before")
    func timers() async throws {
        try await self.run { loop in
            let start = Instant.now()
            let done = Answer<Instant>()
            loop.post { loop.schedule(after: .milliseconds(30)) { done.succeed(.now()) } }
            let doneAt = try await done.get()
            #expect(doneAt - start >= .milliseconds(30))
        }
    }

    @Test("a loop that has nothing to do waits")
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
            // That of the post, that of the timer, and one that found it a part of a millisecond early.
            #expect(turns.withLock { $0 } < 10)
        }
    }

    @Test("work of one thread is done in its order, each once, also when it is posted faster than it is done")
    func order() async throws {
        try await self.run { loop in
            let done = Locked<[Int]>([])
            for number in 0..<10_000 { loop.post { done.withLock { $0.append(number) } } }
            try await loop.submit {}.get()
            #expect(done.withLock { $0 } == Array(0..<10_000))
        }
    }

    @Test("work of many threads is done, each thread's in its order")
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

    @Test("work that posts itself again and again lets the loop serve its timers")
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

    @Test("what was posted before the end is done; what comes later is refused")
    func end() async throws {
        let loop = try EventLoop(index: 0)
        try loop.start()
        let gate = Gate()
        let done = Locked<[Int]>([])
        loop.post { gate.wait() }
        // More than one turn takes.
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

    @Test("work that is posted by work of the end is done, or refused")
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

    @Test("the end closes what is to close, and sends what is left")
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

    @Test("a loop that has ended holds nothing of what was posted, and goes")
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
