import Wire

/// Whole frames of one connection, back to back and with their headers.
///
/// The bytes lie in a buffer of the engine. They are valid only until the call that passed the run returns.
public struct DatagramRun {
    /// The frames, each with its header.
    public let bytes: UnsafeRawBufferPointer
    /// The number of frames. A run that a service receives has at least one.
    public let datagramCount: Int
    /// The header before each payload.
    public let framing: Framing

    /// - Precondition: `bytes` hold exactly `datagramCount` whole frames with that header.
    @inlinable
    public init(bytes: UnsafeRawBufferPointer, datagramCount: Int, framing: Framing) {
        self.bytes = bytes
        self.datagramCount = datagramCount
        self.framing = framing
    }
}

extension DatagramRun {
    /// The size of the datagrams on the wire, including their headers. UDP records have extra bytes before the header.
    var wireByteCount: Int {
        self.framing == .udp ? self.bytes.count - self.datagramCount * Framing.udpWireOffset : self.bytes.count
    }

    /// The longest prefix of whole datagrams that fits. It may be empty.
    ///
    /// - Parameter bytesMax: includes the headers.
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

    /// Calls `body` with each payload, without its header, in order.
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
