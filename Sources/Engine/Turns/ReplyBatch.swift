import NIOCore

/// What one read sends back to its connection in many small parts, as a route for every other datagram does. They go
/// together, so that a read costs its event loop a few system calls, however its datagrams are mixed.
struct ReplyBatch {
    /// A longer part is not copied but goes by itself: one read holds few of them.
    static let partBytesMax = 4096

    /// Whose read is under way.
    private(set) var connection: Connection?
    private(set) var datagramCount = 0
    private var frames = ByteBuffer()
    /// The first part goes at once, and most reads have no other.
    private var isFirst = true

    var byteCount: Int { self.frames.readableBytes }

    /// A read of this connection begins.
    ///
    /// - Precondition: what an earlier read has left was sent.
    mutating func begin(_ connection: Connection) {
        precondition(self.byteCount == 0, "a read begins before the replies of another are sent")
        self.connection = connection
        self.isFirst = true
    }

    mutating func end() {
        self.connection = nil
    }

    /// Keeps a copy of a part that has others before it in the same read.
    ///
    /// - Returns: false when it is to be sent now, behind what is kept.
    mutating func keep(_ run: DatagramRun, for connection: Connection) -> Bool {
        guard connection === self.connection else { return false }
        defer { self.isFirst = false }
        guard !self.isFirst, run.bytes.count <= Self.partBytesMax else { return false }
        self.frames.writeBytes(run.bytes)
        self.datagramCount += run.datagramCount
        return true
    }

    /// What is kept, whole frames back to back.
    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        self.frames.withUnsafeReadableBytes(body)
    }

    mutating func clear() {
        self.frames.clear()
        self.datagramCount = 0
    }
}
