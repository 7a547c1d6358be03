import Wire

/// What other threads have handed over to be sent on the connections of one event loop. Any thread.
///
/// Its loop is told once for all that waits here. What may wait is bounded by whoever hands over.
final class Outbox: Sendable {
    /// From here on another batch begins: the memory of one buffer has an end.
    static let batchBytesMax = 1024 * 1024

    /// A stretch of a batch's bytes: whole frames, or raw bytes, for one connection.
    struct Entry {
        let connection: Connection
        var byteCount: Int
        var datagramCount: Int
    }

    final class Batch {
        fileprivate var bytes = Bytes()
        fileprivate var entries: [Entry] = []

        /// Calls `body` with each entry and its bytes, in the order in which they were handed over.
        func visit(_ body: (UnsafeRawBufferPointer, Entry) -> Void) {
            var offset = 0
            for entry in self.entries {
                body(UnsafeRawBufferPointer(rebasing: self.bytes.view[offset..<offset + entry.byteCount]), entry)
                offset += entry.byteCount
            }
        }

        fileprivate func append(_ data: UnsafeRawBufferPointer, datagramCount: Int, for connection: Connection) {
            self.bytes.append(data)
            if let last = self.entries.indices.last, self.entries[last].connection === connection {
                self.entries[last].byteCount += data.count
                self.entries[last].datagramCount += datagramCount
            } else {
                self.entries.append(
                    Entry(connection: connection, byteCount: data.count, datagramCount: datagramCount)
                )
            }
        }
    }

    private let batches = Locked<[Batch]>([])

    /// Hands over bytes, after all that was handed over for the same connection before.
    func post(_ data: UnsafeRawBufferPointer, datagramCount: Int, for connection: Connection) {
        let isFirst = self.batches.withLock { batches in
            let wasEmpty = batches.isEmpty
            if batches.last.map({ $0.bytes.count >= Self.batchBytesMax }) ?? true { batches.append(Batch()) }
            batches[batches.count - 1].append(data, datagramCount: datagramCount, for: connection)
            return wasEmpty
        }
        if isFirst { connection.shard.loop.post { connection.shard.flushOutbox() } }
    }

    /// On the event loop that the outbox belongs to.
    func takeAll() -> [Batch] {
        self.batches.withLock { batches in
            defer { batches = [] }
            return batches
        }
    }
}

extension Shard {
    /// Sends what other threads have handed over, each connection's in its order.
    fileprivate func flushOutbox() {
        let batches = self.outbox.takeAll()
        for batch in batches {
            batch.visit { bytes, entry in
                let connection = entry.connection
                let span = Span(start: 0, end: Int32(bytes.count), datagramCount: Int32(entry.datagramCount))
                self.send(FanOut.View(bytes, span), to: connection, sharing: nil)
                connection.attachment?.flushed(bytes.count, pendingBytes: connection.pending.byteCount)
            }
        }
        // UDP records are in the memory of the batches.
        withExtendedLifetime(batches) { self.flushDatagrams() }
    }
}
