import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import PandaNet

extension SocketTests {
    @Suite("LoopPipe")
    struct LoopPipeTests {
        @Test("work that posts itself again and again lets the loop serve its sockets")
        func endlessWork() async throws {
            try await Engine.run(.echo) { engine in
                let chain = Chain(on: engine.manager.registry.shards[0])
                chain.post()
                let peer = try Peer(port: engine.port())
                try peer.send([1])
                #expect(try peer.receive(1) == [[1]])
                await chain.stop()
            }
        }

        @Test("a loop that runs tasks and never polls its sockets gives no sign of life")
        func noPolling() async throws {
            try await Engine.run(.echo) { engine in
                let chain = Chain(on: engine.manager.registry.shards[0])
                let answers = Locked(0)
                let answersMeanwhile = await chain.executeThousands {
                    engine.manager.answersOfEventLoops().whenSuccess { answers.withLock { $0 += 1 } }
                } then: {
                    answers.withLock { $0 }
                }
                #expect(answersMeanwhile == 0)
                try await engine.manager.answersOfEventLoops().get()
            }
        }

        @Test("work of one thread is done in its order, each once, also when it is posted faster than it is done")
        func order() async throws {
            try await Engine.run(.echo) { engine in
                let pipe = engine.manager.registry.shards[0].pipe
                let done = Locked<[Int]>([])
                for number in 0..<10_000 { pipe.post { done.withLock { $0.append(number) } } }
                try await pipe.submit {}.get()
                #expect(done.withLock { $0 } == Array(0..<10_000))
            }
        }

        @Test("work that waits when the loop ends is done")
        func end() async throws {
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let pipe = LoopPipe(eventLoop: group.next())
            pipe.open()
            let gate = Gate()
            pipe.post { gate.wait() }
            let last = pipe.submit { 7 }
            let ended = Locked(false)
            group.shutdownGracefully { _ in ended.withLock { $0 = true } }
            gate.open()
            #expect(try await last.get() == 7)
        }
    }
}

/// Work that goes on for ever on one event loop.
private final class Chain: Sendable {
    private let shard: Shard
    private let isOver = Atomic(false)

    init(on shard: Shard) {
        self.shard = shard
    }

    func post() {
        guard !self.isOver.load(ordering: .relaxed) else { return }
        self.shard.pipe.post { self.post() }
    }

    func stop() async {
        self.isOver.store(true, ordering: .relaxed)
        _ = try? await self.shard.pipe.submit {}.get()
    }

    /// Calls `body` on the loop, lets thousands of tasks add one another there, and returns the result of `end` behind the last.
    func executeThousands(_ body: @escaping @Sendable () -> Void, then end: @escaping @Sendable () -> Int) async -> Int?
    {
        let promise = self.shard.eventLoop.makePromise(of: Int.self)
        self.shard.eventLoop.execute {
            body()
            self.execute(left: 5_000) { promise.succeed(end()) }
        }
        return try? await promise.futureResult.get()
    }

    private func execute(left: Int, then end: @escaping @Sendable () -> Void) {
        guard left > 0 else { return end() }
        self.shard.eventLoop.execute { self.execute(left: left - 1, then: end) }
    }
}
