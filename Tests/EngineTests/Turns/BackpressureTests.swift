import Dispatch
import EngineSupport
import Testing

@testable import Engine

extension SocketTests {
    @Suite("Backpressure between event loops")
    struct BackpressureTests {
        private static let inboxBytesMax = 131_072

        @Test("the input for a blocked event loop stays bounded, and arrives in order when the loop continues")
        func backpressure() async throws {
            // The limit is so high that the test's slow reading closes no connection.
            let limits = Limits(pendingBytes: 1 << 24)
            try await TestEngine.run(.broadcastToOthers, limits: limits, eventLoops: 2) { engine in
                let peers = try await engine.peers(2)
                let shards = engine.manager.registry.shards
                for shard in shards { shard.loop.useInbox(pendingBytesMax: Self.inboxBytesMax * 2) }
                let receiverShard = try #require(
                    try await engine.manager.registry.withConnection(ConnectionID(rawValue: 2)) { $0.shard }.get()
                )
                let senderShard = try #require(shards.first { $0 !== receiverShard })
                #expect(try await senderShard.loop.submit { senderShard.table.count }.get() == 1)

                let gate = Gate()
                receiverShard.loop.post { gate.wait() }
                let payloads = (0..<300).map { [UInt8](repeating: UInt8($0 % 251), count: 20_000) }
                let (sent, sending) = AsyncStream.makeStream(of: Bool.self)
                // Sends on a thread of the global queue, because waiting tests may block all threads of the task pool.
                DispatchQueue.global().async {
                    for payload in payloads where (try? peers[0].send(payload)) == nil { sending.yield(false) }
                    sending.yield(true)
                }
                while try await senderShard.loop.submit({ senderShard.readGate.isOpen }).get() {}
                let waiting = receiverShard.loop.inboxBytes
                #expect(waiting >= Self.inboxBytesMax)
                #expect(waiting <= Self.inboxBytesMax + Shard.receiveBufferBytes + Turn.bytesMax)
                gate.open()
                #expect(try peers[1].receive(300) == payloads)
                #expect(await sent.first { _ in true } == true)
                #expect(try await senderShard.loop.submit { senderShard.readGate.isOpen }.get())
            }
        }
    }
}
