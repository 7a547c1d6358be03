import NIOConcurrencyHelpers

/// What the other event loops have for the connections of this one: a batch for each of their turns.
///
/// It is bounded. A shard that fills it stops reading from its own connections until it has been emptied, so that a loop
/// with few connections can't pile up work for one with many: the peers that send feel it, and no memory does.
struct ShardInbox: Sendable {
    /// The most that waits here, whatever the limits.
    static let bytesMaxEver = 1024 * 1024

    /// From here on a sender waits. One turn may go past it, by what the sender had read already.
    ///
    /// Each connection gets all that waits here in one write, and may hold no more than its pending bytes of it.
    var bytesMax: Int { self.contents.withLockedValue { $0.bytesMax } }

    private struct Contents {
        var batches: [BroadcastBatch] = []
        var byteCount = 0
        var waiting: [Shard] = []
        var bytesMax: Int
    }

    /// What a shard that has posted must do next.
    struct Posted: Equatable {
        /// The inbox was empty: its loop has to be told.
        var wakesReceiver: Bool
        /// The inbox is full: the shard is told by `inboxEmptied` when it may read again.
        var stopsSender: Bool
    }

    private let contents: NIOLockedValueBox<Contents>

    init(pendingBytesMax: Int?) {
        self.contents = NIOLockedValueBox(Contents(bytesMax: Self.bound(pendingBytesMax)))
    }

    /// Any thread.
    func use(pendingBytesMax: Int?) {
        self.contents.withLockedValue { $0.bytesMax = Self.bound(pendingBytesMax) }
    }

    private static func bound(_ pendingBytesMax: Int?) -> Int {
        min(pendingBytesMax.map { $0 / 2 } ?? Self.bytesMaxEver, Self.bytesMaxEver)
    }

    /// What waits here, in the larger framing. Any thread.
    var byteCount: Int { self.contents.withLockedValue { $0.byteCount } }

    /// From the event loop of `sender`.
    func post(_ batch: BroadcastBatch, from sender: Shard) -> Posted {
        self.contents.withLockedValue { contents in
            contents.batches.append(batch)
            contents.byteCount += batch.byteCount
            let isWaiting = contents.waiting.contains { $0 === sender }
            let stopsSender = contents.byteCount >= contents.bytesMax && !isWaiting
            if stopsSender { contents.waiting.append(sender) }
            return Posted(wakesReceiver: contents.batches.count == 1, stopsSender: stopsSender)
        }
    }

    /// From the event loop that the inbox belongs to.
    ///
    /// - Returns: the batches in the order in which they came, and the shards to be told that there is room again.
    func takeAll() -> (batches: [BroadcastBatch], waiting: [Shard]) {
        self.contents.withLockedValue { contents in
            defer { contents = Contents(bytesMax: contents.bytesMax) }
            return (contents.batches, contents.waiting)
        }
    }
}
