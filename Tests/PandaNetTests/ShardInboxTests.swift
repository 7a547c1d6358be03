import NIOEmbedded
import Testing

@testable import PandaNet

@Suite("ShardInbox")
struct ShardInboxTests {
    private func batch(payloadBytes: Int) -> BroadcastBatch {
        var batch = BroadcastBatch()
        batch.use(.two)
        batch.append([[UInt8](repeating: 1, count: payloadBytes)])
        return batch
    }

    @Test("only the first batch wakes the receiver, until it has taken all")
    func wakes() {
        let inbox = ShardInbox(pendingBytesMax: nil)
        let sender = Shard.embedded().shard
        #expect(inbox.post(self.batch(payloadBytes: 1), from: sender).wakesReceiver)
        #expect(!inbox.post(self.batch(payloadBytes: 2), from: sender).wakesReceiver)
        #expect(inbox.takeAll().batches.map(\.byteCount) == [3, 4])
        #expect(inbox.takeAll().batches.isEmpty)
        #expect(inbox.post(self.batch(payloadBytes: 1), from: sender).wakesReceiver)
    }

    @Test("a sender that fills it is stopped once, and told when it was emptied")
    func bound() {
        let inbox = ShardInbox(pendingBytesMax: nil)
        let sender = Shard.embedded().shard
        let other = Shard.embedded().shard
        let size = 32 * 1024
        let fitting = (inbox.bytesMax - 1) / size
        for _ in 0..<fitting { #expect(!inbox.post(self.batch(payloadBytes: size - 2), from: sender).stopsSender) }
        #expect(inbox.post(self.batch(payloadBytes: size - 2), from: sender).stopsSender)
        #expect(!inbox.post(self.batch(payloadBytes: 1), from: sender).stopsSender)
        #expect(inbox.post(self.batch(payloadBytes: 1), from: other).stopsSender)
        let waiting = inbox.takeAll().waiting
        #expect(waiting.count == 2)
        #expect(waiting.first === sender)
        #expect(!inbox.post(self.batch(payloadBytes: 1), from: sender).stopsSender)
    }

    @Test(
        "no more waits than a connection may hold, and never more than the memory for it",
        arguments: [(1000, 500), (nil, ShardInbox.bytesMaxEver), (1 << 30, ShardInbox.bytesMaxEver)] as [(Int?, Int)]
    )
    func bytesMax(pendingBytesMax: Int?, expected: Int) {
        #expect(ShardInbox(pendingBytesMax: pendingBytesMax).bytesMax == expected)
        let changed = ShardInbox(pendingBytesMax: 7)
        changed.use(pendingBytesMax: pendingBytesMax)
        _ = changed.takeAll()
        #expect(changed.bytesMax == expected)
    }
}

extension SocketTests {
    @Suite("Batches of other event loops")
    struct ForeignBatchTests {
        @Test("a connection that ends does not send what other loops have posted: the turn does, once")
        func closing() async throws {
            try await Engine.run(.echo, eventLoops: 2) { engine in
                let peers = try await engine.peers(4)
                let (shard, other) = (engine.manager.registry.shards[0], engine.manager.registry.shards[1])
                let held = try await shard.pipe.submit {
                    for number in 0..<3 {
                        var batch = BroadcastBatch()
                        batch.use(.two)
                        batch.append([[UInt8(number)]])
                        _ = shard.inbox.post(batch, from: other)
                    }
                    shard.close(shard.table.connections[0], .closedHere)
                    defer { shard.sendAll() }
                    return shard.inbox.byteCount
                }.get()
                #expect(held == 9)
                _ = peers
            }
        }
    }
}
