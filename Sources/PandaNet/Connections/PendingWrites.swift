import NIOCore
import Wire

/// What one connection still has to send after the kernel took no more: the bounds, and nothing of the socket.
///
/// Bytes leave in chunks: one is on its way with NIO, which waits until the socket is writable; the others wait here.
struct PendingWrites {
    /// A chunk tells us that the socket is writable again; what follows it is sent directly. Small, so that what waits
    /// with NIO is known closely.
    static let chunkBytesMax = 16 * 1024

    /// What even a connection without a limit may have waiting: the memory of one buffer has an end.
    static let bytesMaxEver = 1 << 30

    /// Of each frame; nil where nobody knows where frames begin, and datagrams are not counted.
    let header: TCPHeader?
    private(set) var bytesMax: Int
    private(set) var datagramsMax: Int
    /// Bytes that have waited since the connection opened, or still do.
    private(set) var bytesEver = 0
    private var waiting = ByteBuffer()
    /// Datagrams whose last byte is in `waiting`.
    private var waitingDatagrams = 0
    /// What `waiting` begins with of a frame that has begun to leave; 0 where a frame begins.
    private var cutBytes = 0
    private(set) var chunkBytes = 0
    private var chunkDatagrams = 0

    init(_ limits: Limits, header: TCPHeader?) {
        self.header = header
        self.bytesMax = 0
        self.datagramsMax = 0
        self.use(limits)
    }

    /// What waits already stays, even if it is more.
    mutating func use(_ limits: Limits) {
        self.bytesMax = min(limits.pendingBytes ?? Self.bytesMaxEver, Self.bytesMaxEver)
        self.datagramsMax = limits.pendingDatagrams ?? .max
    }

    /// Bytes that the kernel has not taken.
    var byteCount: Int { self.waiting.readableBytes + self.chunkBytes }

    /// Datagrams of which it has not taken the last byte.
    var datagramCount: Int { self.waitingDatagrams + self.chunkDatagrams }

    var isEmpty: Bool { self.byteCount == 0 }

    /// Whether NIO holds a chunk, so that nothing may go to the socket directly.
    var isChunkUnderWay: Bool { self.chunkBytes > 0 }

    /// The limit that would be passed with `unsent`; nil when there is room.
    func limit(passedBy unsent: UnsentFrames) -> ConnectionLimit? {
        if self.byteCount + unsent.bytes.count > self.bytesMax { return .pendingBytes }
        return self.datagramCount + unsent.datagramCount > self.datagramsMax ? .pendingDatagrams : nil
    }

    /// Takes over a copy, whatever the limits.
    mutating func append(_ unsent: UnsentFrames) {
        if self.waiting.readerIndex > self.waiting.readableBytes { self.waiting.discardReadBytes() }
        if unsent.cutBytes > 0 {
            precondition(self.isEmpty, "the rest of a frame behind other frames")
            self.cutBytes = unsent.cutBytes
        }
        self.waiting.writeBytes(unsent.bytes)
        self.bytesEver += unsent.bytes.count
        self.waitingDatagrams += unsent.datagramCount
    }

    /// The next chunk for NIO; nil when one is under way or nothing waits.
    mutating func startChunk() -> ByteBuffer? {
        guard !self.isChunkUnderWay, self.waiting.readableBytes > 0 else { return nil }
        // A copy: a slice would keep all that waits in memory and make the next append copy it.
        var chunk = ByteBuffer()
        self.waiting.withUnsafeReadableBytes { bytes in
            _ = chunk.writeBytes(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.chunkBytesMax)))
        }
        self.chunkBytes = chunk.readableBytes
        self.chunkDatagrams = self.leave(self.chunkBytes)
        return chunk
    }

    /// - Returns: how many bytes that were.
    mutating func chunkWritten() -> Int {
        defer { (self.chunkBytes, self.chunkDatagrams) = (0, 0) }
        return self.chunkBytes
    }

    /// Offers what waits to `send`, which returns how many bytes it took; memory goes back once nothing waits.
    ///
    /// - Returns: the same number.
    mutating func drain(_ send: (UnsafeRawBufferPointer) -> Int) -> Int {
        let sent = self.waiting.withUnsafeReadableBytes(send)
        _ = self.leave(sent)
        return sent
    }

    /// Lets go of what NIO does not hold: nothing more is to be sent.
    ///
    /// - Returns: how many bytes that were.
    mutating func discard() -> Int {
        defer { (self.waiting, self.waitingDatagrams, self.cutBytes) = (ByteBuffer(), 0, 0) }
        return self.waiting.readableBytes
    }

    /// - Returns: how many datagrams end with these bytes.
    private mutating func leave(_ byteCount: Int) -> Int {
        var cutBytes = self.cutBytes
        let header = self.header
        let datagramCount = self.waiting.withUnsafeReadableBytes { bytes in
            Self.datagramsEnding(in: byteCount, of: bytes, &cutBytes, header)
        }
        self.cutBytes = cutBytes
        self.waitingDatagrams -= datagramCount
        self.waiting.moveReaderIndex(forwardBy: byteCount)
        if self.waiting.readableBytes == 0 {
            self.waiting = ByteBuffer()
            self.waitingDatagrams = 0
        }
        return datagramCount
    }

    private static func datagramsEnding(
        in byteCount: Int,
        of bytes: UnsafeRawBufferPointer,
        _ cutBytes: inout Int,
        _ header: TCPHeader?
    ) -> Int {
        guard let header else { return 0 }
        var (offset, count) = (0, 0)
        while offset < byteCount {
            if cutBytes == 0 { cutBytes = header.frameBytes(in: bytes, at: offset) }
            let step = min(cutBytes, byteCount - offset)
            offset += step
            cutBytes -= step
            if cutBytes == 0 { count += 1 }
        }
        return count
    }
}
