import Wire

/// Bytes that other threads have posted for the connections of one event loop. Any thread.
///
/// The loop is woken once for all posted bytes. The posting code has to limit how many bytes wait here.
final class Outbox: Sendable {
    /// At this size a new batch begins, which limits the memory of a single buffer.
    static let batchBytesMax = 1024 * 1024

    /// Contiguous bytes of a batch for one connection: whole frames or raw bytes.
    struct Entry {
        let connection: Connection
        var byteCount: Int
        var datagramCount: Int
    }

    final class Batch {
        fileprivate var bytes = Bytes()
        fileprivate var entries: [Entry] = []

        /// Calls `body` with each entry and its bytes, in the order of posting.
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

    /// Posts bytes. They are sent after all bytes that were posted for the same connection before.
    func post(_ data: UnsafeRawBufferPointer, datagramCount: Int, for connection: Connection) {
        let isFirst = self.batches.withLock { batches in
            let wasEmpty = batches.isEmpty
            if batches.last.map({ $0.bytes.count >= Self.batchBytesMax }) ?? true { batches.append(Batch()) }
            batches[batches.count - 1].append(data, datagramCount: datagramCount, for: connection)
            return wasEmpty
        }
        if isFirst { connection.shard.loop.post { connection.shard.flushOutbox() } }
    }

    /// Removes and returns all batches. Call it only on the outbox's event loop.
    func takeAll() -> [Batch] {
        self.batches.withLock { batches in
            defer { batches = [] }
            return batches
        }
    }
}

extension Shard {
    /// Sends the posted bytes, in order for each connection.
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
        // The UDP records lie in the memory of the batches.
        withExtendedLifetime(batches) { self.flushDatagrams() }
    }
}
