import Wire

/// One or more whole frames of one connection, as they came: headers included, back to back.
///
/// The bytes are the reader's own buffer: they hold until the call that brought the run returns, and no longer.
public struct DatagramRun {
    /// The frames, each with its header.
    public let bytes: UnsafeRawBufferPointer
    /// How many frames these are; at least one.
    public let datagramCount: Int
    /// What stands before each payload.
    public let header: TCPHeader

    /// - Precondition: `bytes` are exactly `datagramCount` whole frames with that header.
    @inlinable
    public init(bytes: UnsafeRawBufferPointer, datagramCount: Int, header: TCPHeader) {
        self.bytes = bytes
        self.datagramCount = datagramCount
        self.header = header
    }
}

extension DatagramRun {
    /// Calls `body` with each payload, its header left off, in order.
    @inlinable
    public func forEachPayload(_ body: (UnsafeRawBufferPointer) -> Void) {
        var offset = 0
        while offset < self.bytes.count {
            let start = offset + self.header.size
            let end = start + self.header.payloadBytes(in: self.bytes, at: offset)
            body(UnsafeRawBufferPointer(rebasing: self.bytes[start..<end]))
            offset = end
        }
    }
}
