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
    public let framing: Framing

    /// - Precondition: `bytes` are exactly `datagramCount` whole frames with that header.
    @inlinable
    public init(bytes: UnsafeRawBufferPointer, datagramCount: Int, framing: Framing) {
        self.bytes = bytes
        self.datagramCount = datagramCount
        self.framing = framing
    }
}

extension DatagramRun {
    /// Bytes that the datagrams take on the wire, headers included: a UDP record has others before them.
    var wireByteCount: Int {
        self.framing == .udp ? self.bytes.count - self.datagramCount * Framing.udpWireOffset : self.bytes.count
    }

    /// The first datagrams, as far as they fit; none may.
    ///
    /// - Parameter bytesMax: headers included.
    func prefix(bytesMax: Int, datagramsMax: Int = .max) -> DatagramRun {
        if self.bytes.count <= bytesMax, self.datagramCount <= datagramsMax { return self }
        var (end, count) = (0, 0)
        while end < self.bytes.count, count < datagramsMax {
            let next = end + self.framing.frameBytes(in: self.bytes, at: end)
            guard next <= bytesMax else { break }
            (end, count) = (next, count + 1)
        }
        let bytes = UnsafeRawBufferPointer(rebasing: self.bytes[..<end])
        return DatagramRun(bytes: bytes, datagramCount: count, framing: self.framing)
    }

    /// Calls `body` with each payload, its header left off, in order.
    @inlinable
    public func forEachPayload(_ body: (UnsafeRawBufferPointer) -> Void) {
        var offset = 0
        while offset < self.bytes.count {
            let payload = self.payload(at: offset)
            body(payload)
            offset += self.framing.size + payload.count
        }
    }

    /// The payload of the frame that begins at `offset`.
    @inlinable
    public func payload(at offset: Int) -> UnsafeRawBufferPointer {
        let start = offset + self.framing.size
        let end = start + self.framing.payloadBytes(in: self.bytes, at: offset)
        return UnsafeRawBufferPointer(rebasing: self.bytes[start..<end])
    }
}
