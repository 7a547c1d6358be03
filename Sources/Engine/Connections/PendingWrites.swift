import NIOCore
import Wire

/// What one connection still has to send after the kernel took no more: the bounds, and nothing of the socket.
///
/// Bytes leave in chunks: one is on its way with NIO, which waits until the socket is writable and so tells us when it
/// is; the others wait here.
///
/// Each connection has one, also where nothing ever waits: its parts are in the order that takes the least memory.
struct PendingWrites {
    /// What even a connection without a limit may have waiting.
    static let bytesMaxEver = 1 << 30

    /// Where `waiting` begins.
    private var cursor = FrameCursor()
    /// Of each frame; nil where nobody knows where frames begin, and datagrams are not counted.
    let header: TCPHeader?
    private(set) var bytesMax: Int
    private(set) var datagramsMax: Int
    /// Bytes that have waited since the connection opened, or still do.
    private(set) var bytesEver = 0
    private var waiting = ByteSegments()
    private var chunkDatagrams: UInt32 = 0
    private(set) var chunkBytes = 0
    /// Datagrams whose last byte is in `waiting`.
    private var waitingDatagrams = 0

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
    var byteCount: Int { self.waiting.byteCount + self.chunkBytes }

    /// Datagrams of which it has not taken the last byte.
    var datagramCount: Int { self.waitingDatagrams + Int(self.chunkDatagrams) }

    var isEmpty: Bool { self.byteCount == 0 }

    /// Whether NIO holds a chunk, so that nothing may go to the socket directly.
    var isChunkUnderWay: Bool { self.chunkBytes > 0 }

    /// The limit that would be passed with `unsent`; nil when there is room.
    func limit(passedBy unsent: UnsentFrames) -> ConnectionLimit? {
        if self.byteCount + unsent.bytes.count > self.bytesMax { return .pendingBytes }
        return self.datagramCount + unsent.datagramCount > self.datagramsMax ? .pendingDatagrams : nil
    }

    /// Takes over what did not go, whatever the limits.
    ///
    /// - Parameter segments: the same bytes, to be shared with others; nil: they are copied.
    mutating func append(_ unsent: UnsentFrames, sharing segments: [ByteBuffer]? = nil) {
        if unsent.cutBytes > 0 {
            precondition(self.isEmpty, "the rest of a frame behind other frames")
            self.cursor = FrameCursor(cutBytes: unsent.cutBytes)
        }
        if let segments {
            self.waiting.append(sharing: segments)
        } else {
            self.waiting.append(copyOf: unsent.bytes)
        }
        self.bytesEver += unsent.bytes.count
        if self.header != nil { self.waitingDatagrams += unsent.datagramCount }
    }

    /// The next chunk for NIO; nil when one is under way or nothing waits.
    mutating func startChunk() -> ByteBuffer? {
        guard !self.isChunkUnderWay, let chunk = self.waiting.popFirst() else { return nil }
        self.chunkBytes = chunk.readableBytes
        self.chunkDatagrams = UInt32(chunk.withUnsafeReadableBytes { self.pass($0) })
        return chunk
    }

    /// - Returns: how many bytes that were.
    mutating func chunkWritten() -> Int {
        defer { (self.chunkBytes, self.chunkDatagrams) = (0, 0) }
        return self.chunkBytes
    }

    /// Offers what waits to `send` a segment at a time, until it does not take all of one. It returns how many bytes it took.
    ///
    /// - Returns: how many these were together.
    mutating func drain(_ send: (UnsafeRawBufferPointer) -> Int) -> Int {
        var waiting = self.waiting
        self.waiting.removeAll()
        defer { self.waiting = waiting }
        return waiting.drain { bytes in
            let sent = send(bytes)
            _ = self.pass(UnsafeRawBufferPointer(rebasing: bytes[..<sent]))
            return sent
        }
    }

    /// Lets go of what NIO does not hold: nothing more is to be sent.
    ///
    /// - Returns: how many bytes that were.
    mutating func discard() -> Int {
        defer {
            self.waiting.removeAll()
            (self.waitingDatagrams, self.cursor) = (0, FrameCursor())
        }
        return self.waiting.byteCount
    }

    /// These bytes leave.
    ///
    /// - Returns: how many datagrams end with them.
    private mutating func pass(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let header else { return 0 }
        let datagramCount = self.cursor.pass(bytes, header)
        self.waitingDatagrams -= datagramCount
        return datagramCount
    }
}
