import NIOCore

/// What one connection still has to send after the kernel took no more: the bound, and nothing of the socket.
///
/// Bytes leave in chunks: one is on its way with NIO, which waits until the socket is writable; the others wait here.
struct PendingWrites {
    /// A chunk tells us that the socket is writable again; what follows it is sent directly. Small, so that what waits
    /// with NIO is known closely.
    static let chunkBytesMax = 16 * 1024

    /// What even a connection without a limit may have waiting: the memory of one buffer has an end.
    static let bytesMaxEver = 1 << 30

    private(set) var bytesMax: Int
    private var waiting = ByteBuffer()
    private(set) var chunkBytes = 0

    /// - Parameter bytesMax: nil is no limit but `bytesMaxEver`.
    init(bytesMax: Int?) {
        self.bytesMax = Self.bound(bytesMax)
    }

    /// What waits already stays, even if it is more.
    mutating func use(bytesMax: Int?) {
        self.bytesMax = Self.bound(bytesMax)
    }

    private static func bound(_ bytesMax: Int?) -> Int {
        min(bytesMax ?? Self.bytesMaxEver, Self.bytesMaxEver)
    }

    /// Bytes that the kernel has not taken.
    var byteCount: Int { self.waiting.readableBytes + self.chunkBytes }

    var isEmpty: Bool { self.byteCount == 0 }

    /// Whether NIO holds a chunk, so that nothing may go to the socket directly.
    var isChunkUnderWay: Bool { self.chunkBytes > 0 }

    /// Takes over a copy of `bytes`, all or nothing.
    ///
    /// - Returns: false, with nothing taken, when the limit would be passed.
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard self.byteCount + bytes.count <= self.bytesMax else { return false }
        if self.waiting.readerIndex > self.waiting.readableBytes { self.waiting.discardReadBytes() }
        self.waiting.writeBytes(bytes)
        return true
    }

    /// The next chunk for NIO; nil when one is under way or nothing waits.
    mutating func startChunk() -> ByteBuffer? {
        guard !self.isChunkUnderWay, self.waiting.readableBytes > 0 else { return nil }
        // A copy: a slice would keep all that waits in memory and make the next append copy it.
        var chunk = ByteBuffer()
        self.drain { bytes in
            chunk.writeBytes(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.chunkBytesMax)))
        }
        self.chunkBytes = chunk.readableBytes
        return chunk
    }

    mutating func chunkWritten() {
        self.chunkBytes = 0
    }

    /// Offers what waits to `send`, which returns how many bytes it took; memory goes back once nothing waits.
    mutating func drain(_ send: (UnsafeRawBufferPointer) -> Int) {
        let sent = self.waiting.withUnsafeReadableBytes(send)
        self.waiting.moveReaderIndex(forwardBy: sent)
        if self.waiting.readableBytes == 0 { self.waiting = ByteBuffer() }
    }
}
