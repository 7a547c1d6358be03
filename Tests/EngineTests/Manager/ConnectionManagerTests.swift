import Glibc
import Testing

@testable import Engine

@Suite("ConnectionManager", .timeLimit(.minutes(1)))
struct ConnectionManagerTests {
    private func run(eventLoops: Int = 2, _ body: (ConnectionManager) async throws -> Void) async throws {
        let manager = ConnectionManager(eventLoops: eventLoops)
        try await body(manager)
        try await manager.shutDown()
    }

    @Test("repeated work runs on an event loop until its cancellation")
    func repeats() async throws {
        try await self.run { manager in
            let (calls, continuation) = AsyncStream.makeStream(of: Bool.self)
            let shards = manager.registry.shards
            let work = manager.repeat(every: .milliseconds(1)) {
                continuation.yield(shards.contains { $0.loop.isCurrent })
            }
            var iterator = calls.makeAsyncIterator()
            for _ in 0..<3 { #expect(await iterator.next() == true) }
            work.cancel()
            work.cancel()
            try await manager.answersOfEventLoops().get()
            continuation.finish()
            while await iterator.next() != nil {}
        }
    }

    @Test("cancelled work does not run, and releases its objects")
    func cancelled() async throws {
        final class Held: Sendable {}
        try await self.run { manager in
            let isDone = Locked(false)
            weak var held: Held?
            do {
                let object = Held()
                held = object
                let work = manager.post(after: .seconds(60)) {
                    withExtendedLifetime(object) { isDone.withLock { $0 = true } }
                }
                work.cancel()
            }
            try await manager.answersOfEventLoops().get()
            #expect(held == nil)
            #expect(!isDone.withLock { $0 })
        }
    }

    @Test("delayed work runs once, not before its time, on the first event loop")
    func later() async throws {
        try await self.run { manager in
            let begunAt = Instant.now()
            let done = Answer<(Instant, Bool)>()
            _ = manager.post(after: .milliseconds(20)) {
                done.succeed((.now(), manager.registry.shards[0].loop.isCurrent))
            }
            let (doneAt, isFirst) = try await done.get()
            #expect(doneAt - begunAt >= .milliseconds(20))
            #expect(isFirst)
        }
    }

    @Test("the manager assigns rendezvous and dials to the event loops in turn")
    func turns() async throws {
        try await self.run(eventLoops: 3) { manager in
            #expect((0..<6).map { _ in manager.nextShard().index } == [0, 1, 2, 0, 1, 2])
            #expect(manager.eventLoopCount == 3)
        }
    }

    @Test("a manager that was shut down refuses rendezvous, cancels dials and blocks no caller")
    func ended() async throws {
        let manager = ConnectionManager(eventLoops: 2)
        try await manager.shutDown()
        await #expect(throws: EventLoopEnded.self) { try await manager.answersOfEventLoops().get() }
        await #expect(throws: ConnectError.cancelled(host: "127.0.0.1", port: 1)) {
            try await manager.openTCPClientConnection(
                host: "127.0.0.1",
                port: 1,
                timeout: .seconds(10),
                service: TestService.echo
            )
        }
        await #expect(throws: (any Error).self) {
            try await manager.openTCPServerRendezvous(Rendezvous(port: 0), service: TestService.echo).get()
        }
    }

    @Test("a manager opens as many descriptors as EngineNeeds predicts")
    func needs() async {
        await #expect(processExitsWith: .success) {
            func descriptorCount() -> Int { (0..<1024).count { fcntl(CInt($0), F_GETFD) >= 0 } }
            // The first use of Swift's concurrency runtime opens its own descriptors.
            try await Task.sleep(for: .milliseconds(1))
            let first = ConnectionManager(eventLoops: 1)
            _ = try await first.registry.counts().get()
            try await first.shutDown()
            let before = descriptorCount()
            let manager = ConnectionManager(eventLoops: 3)
            for _ in 0..<2 {
                _ = try await manager.openTCPServerRendezvous(
                    Rendezvous(host: "127.0.0.1", port: 0),
                    service: TestService.echo
                ).get()
            }
            // EngineNeeds includes one descriptor for a client.
            let needed = EngineNeeds.descriptors(eventLoops: 3, listeners: 2, udpSockets: 0) - 1
            precondition(descriptorCount() - before == needed, "\(descriptorCount() - before) instead of \(needed)")
            try await manager.shutDown()
        }
    }

    @Test("a manager without descriptors for its event loops ends the program with a message")
    func exhausted() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var limit = rlimit(rlim_cur: 16, rlim_max: 16)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            _ = ConnectionManager(eventLoops: 20)
        }
        let words = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(words.contains("is out of threads or descriptors for 20 event loops"))
    }
}
