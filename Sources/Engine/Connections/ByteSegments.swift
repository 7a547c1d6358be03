import NIOCore

/// Bytes that wait, first in first out, in segments: no more than one segment is ever moved to make room, and one may
/// be shared with other connections that wait for the same bytes.
///
/// What has left of the first segment is still in memory, and so is the room in the last; any other takes no more than
/// allocating it rounds up to, a power of two.
struct ByteSegments {
    /// The most that one is made of, in bytes.
    static let segmentBytesMax = 16 * 1024

    /// None is empty; nil when nothing waits, which costs no memory.
    private var segments: CircularBuffer<ByteBuffer>?
    private(set) var byteCount = 0
    /// Whether the last segment was made here, so that bytes may be appended to it.
    private var isLastOwn = false

    /// Makes segments to share, with a copy of `bytes`.
    static func shareable(_ bytes: UnsafeRawBufferPointer) -> [ByteBuffer] {
        stride(from: 0, to: bytes.count, by: Self.segmentBytesMax).map { start in
            let end = min(start + Self.segmentBytesMax, bytes.count)
            return ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        }
    }

    /// Appends a copy.
    mutating func append(copyOf bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if self.lastRoom == 0 { self.appendOwn(bytesExpected: rest.count) }
            let part = rest.prefix(self.lastRoom)
            self.writeToLast(UnsafeRawBufferPointer(rebasing: part))
            rest = rest.dropFirst(part.count)
        }
    }

    /// Appends segments that others may have too.
    mutating func append(sharing segments: [ByteBuffer]) {
        for segment in segments {
            self.append(segment, isOwn: false)
            self.byteCount += segment.readableBytes
        }
    }

    /// Takes the first segment, or what is left of it; nil when nothing waits.
    mutating func popFirst() -> ByteBuffer? {
        guard let first = self.segments?.popFirst() else { return nil }
        self.byteCount -= first.readableBytes
        if self.byteCount == 0 { self.removeAll() }
        return first
    }

    /// Offers one segment after the other to `send`, which returns how many bytes it took, until it does not take all of one.
    ///
    /// - Returns: how many bytes it took together.
    mutating func drain(_ send: (UnsafeRawBufferPointer) -> Int) -> Int {
        let before = self.byteCount
        while let sent = self.segments?.first?.withUnsafeReadableBytes(send), self.removeFirst(sent) {}
        return before - self.byteCount
    }

    mutating func removeAll() {
        self = ByteSegments()
    }

    /// How much more the last segment may be made of.
    private var lastRoom: Int {
        guard self.isLastOwn, let last = self.segments?.last else { return 0 }
        return Self.segmentBytesMax - last.writerIndex
    }

    private mutating func appendOwn(bytesExpected: Int) {
        let capacity = min(bytesExpected, Self.segmentBytesMax)
        self.append(ByteBufferAllocator().buffer(capacity: capacity), isOwn: true)
    }

    private mutating func append(_ segment: ByteBuffer, isOwn: Bool) {
        if self.segments == nil { self.segments = CircularBuffer(initialCapacity: 2) }
        self.segments?.append(segment)
        self.isLastOwn = isOwn
    }

    private mutating func writeToLast(_ bytes: UnsafeRawBufferPointer) {
        guard let end = self.segments?.endIndex, let last = self.segments?.index(before: end) else { return }
        // In place: with a subscript it would be a copy of the segment.
        _ = self.segments?.modify(last) { $0.writeBytes(bytes) }
        self.byteCount += bytes.count
    }

    /// Removes bytes of the first segment.
    ///
    /// - Returns: whether that was all of it.
    private mutating func removeFirst(_ byteCount: Int) -> Bool {
        guard var first = self.segments?.popFirst() else { return false }
        self.byteCount -= byteCount
        first.moveReaderIndex(forwardBy: byteCount)
        if first.readableBytes > 0 { self.segments?.prepend(first) }
        if self.byteCount == 0 { self.removeAll() }
        return first.readableBytes == 0
    }
}
