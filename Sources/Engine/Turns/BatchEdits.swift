import NIOCore

/// How the batch of this turn differs for one connection: what it sent itself and must not get back is left out, and what
/// is for it alone stands where it belongs in the order.
///
/// Offsets count bytes of the batch in the connection's own framing.
struct BatchEdits {
    /// Memory for more edits than this goes back once the batch is sent.
    static let editsKept = 64

    private enum Edit {
        case skip(Range<Int>, datagramCount: Int)
        /// Bytes of `insertions`.
        case insert(Range<Int>, at: Int, datagramCount: Int)
    }

    private var edits: [Edit] = []
    private var insertions = ByteBuffer()

    var isEmpty: Bool { self.edits.isEmpty }

    /// Bytes of memory that it holds beside itself.
    var memoryBytes: Int { self.edits.capacity * MemoryLayout<Edit>.stride + self.insertions.capacity }

    /// Leaves a stretch of the batch out. Offsets never go back from one edit to the next.
    mutating func skip(_ range: Range<Int>, datagramCount: Int) {
        if case .skip(let last, let lastCount) = self.edits.last, last.upperBound == range.lowerBound {
            self.edits[self.edits.count - 1] =
                .skip(last.lowerBound..<range.upperBound, datagramCount: lastCount + datagramCount)
        } else {
            self.edits.append(.skip(range, datagramCount: datagramCount))
        }
    }

    /// Puts a copy of `bytes` in before the byte at `offset`.
    mutating func insert(_ bytes: UnsafeRawBufferPointer, at offset: Int, datagramCount: Int) {
        let start = self.insertions.readableBytes
        self.insertions.writeBytes(bytes)
        self.edits.append(.insert(start..<start + bytes.count, at: offset, datagramCount: datagramCount))
    }

    /// Writes the edited batch to `result`.
    ///
    /// - Returns: how many datagrams that are.
    func apply(to frames: BroadcastBatch.View, writingTo result: inout ByteBuffer) -> Int {
        var datagramCount = frames.datagramCount
        var position = 0
        for edit in self.edits {
            switch edit {
            case .skip(let range, let skipped):
                result.copy(position..<range.lowerBound, of: frames.bytes)
                position = range.upperBound
                datagramCount -= skipped
            case .insert(let range, let offset, let inserted):
                result.copy(position..<offset, of: frames.bytes)
                self.insertions.withUnsafeReadableBytes { result.copy(range, of: $0) }
                position = offset
                datagramCount += inserted
            }
        }
        result.copy(position..<frames.bytes.count, of: frames.bytes)
        return datagramCount
    }

    /// Forgets the edits, and keeps their memory for the next turn unless it has grown large.
    mutating func clear() {
        self.edits.removeAll(keepingCapacity: self.edits.capacity <= Self.editsKept)
        if self.insertions.capacity > ConnectionReader.tailBytesKept {
            self.insertions = ByteBuffer()
        } else {
            self.insertions.clear()
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func copy(_ range: Range<Int>, of source: UnsafeRawBufferPointer) {
        self.writeBytes(UnsafeRawBufferPointer(rebasing: source[range]))
    }
}
