import NIOConcurrencyHelpers

/// What the other event loops have for the connections of this one: a batch for each of their turns.
struct ShardInbox: Sendable {
    private let batches = NIOLockedValueBox<[BroadcastBatch]>([])

    /// From any thread.
    ///
    /// - Returns: true when it was empty, so that its loop has to be told.
    func post(_ batch: BroadcastBatch) -> Bool {
        self.batches.withLockedValue { batches in
            batches.append(batch)
            return batches.count == 1
        }
    }

    func takeAll() -> [BroadcastBatch] {
        self.batches.withLockedValue { batches in
            defer { batches = [] }
            return batches
        }
    }
}
