import NIOConcurrencyHelpers
import NIOCore
import Wire

/// What other threads have handed over to be sent on the connections of one event loop. Any thread.
///
/// Its loop is woken once for all that waits here. What may wait is bounded by each connection's `ConnectionLink`.
struct ShardOutbox: Sendable {
    /// From here on another batch begins: the memory of one buffer has an end.
    static let batchBytesMax = 1024 * 1024

    /// A stretch of a batch's bytes: whole frames, or raw bytes, for one connection.
    struct Entry {
        let connection: Connection
        var byteCount: Int
        var datagramCount: Int
    }

    struct Batch {
        var bytes = ByteBuffer()
        var entries: [Entry] = []

        /// Calls `body` with each entry and its bytes, in the order in which they were handed over.
        func visit(_ body: (UnsafeRawBufferPointer, Entry) -> Void) {
            self.bytes.withUnsafeReadableBytes { bytes in
                var offset = 0
                for entry in self.entries {
                    body(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + entry.byteCount]), entry)
                    offset += entry.byteCount
                }
            }
        }

        mutating func append(_ data: ByteBuffer, datagramCount: Int, for connection: Connection) {
            self.bytes.writeImmutableBuffer(data)
            if let last = self.entries.indices.last, self.entries[last].connection === connection {
                self.entries[last].byteCount += data.readableBytes
                self.entries[last].datagramCount += datagramCount
            } else {
                self.entries.append(
                    Entry(connection: connection, byteCount: data.readableBytes, datagramCount: datagramCount)
                )
            }
        }
    }

    private let batches = NIOLockedValueBox<[Batch]>([])

    /// Hands over bytes, after all that was handed over for the same connection before.
    func post(_ data: ByteBuffer, datagramCount: Int, for connection: Connection) {
        let wakesShard = self.batches.withLockedValue { batches in
            let wasEmpty = batches.isEmpty
            if batches.last.map({ $0.bytes.readableBytes >= Self.batchBytesMax }) ?? true { batches.append(Batch()) }
            batches[batches.count - 1].append(data, datagramCount: datagramCount, for: connection)
            return wasEmpty
        }
        if wakesShard { connection.shard.pipe.post { connection.shard.flushOutbox() } }
    }

    /// On the event loop that the outbox belongs to.
    func takeAll() -> [Batch] {
        self.batches.withLockedValue { batches in
            defer { batches = [] }
            return batches
        }
    }
}
