/// Operations on UDP records only.
extension Framing {
    /// The offset of the part of a record that UDP sockets send and receive: checksum and payload.
    public static let udpWireOffset = 10

    /// The fingerprint stored in the record that begins at `offset`.
    ///
    /// - Precondition: `bytes` has at least 8 bytes from `offset` on.
    @inlinable
    public static func udpFingerprint(in bytes: UnsafeRawBufferPointer, at offset: Int) -> DatagramFingerprint {
        DatagramFingerprint(value: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Turns received bytes into a record: verifies the checksum and fills in the bytes before it.
    ///
    /// - Parameters:
    ///   - record: `udpWireOffset` bytes of any content, then the received bytes.
    ///   - payloadBytesMax: the longest accepted payload, in bytes; reduced to the longest payload of a record.
    /// - Throws: `UDPHeader.Fault`. `record` is unchanged then.
    /// - Precondition: `record` has at least `udpWireOffset` bytes.
    @inlinable
    public static func completeUDP(
        record: UnsafeMutableRawBufferPointer,
        payloadBytesMax: Int = UDPHeader.payloadBytesMax
    ) throws(UDPHeader.Fault) {
        let received = UnsafeRawBufferPointer(rebasing: record[Self.udpWireOffset...])
        let bytesMax = min(payloadBytesMax, UDPHeader.payloadBytesMax)
        Self.writeUDPFacts(of: try UDPHeader.payload(of: received, payloadBytesMax: bytesMax), to: record)
    }

    /// Writes the part of a record that is never sent: the fingerprint and the length of `payload`.
    @inlinable
    static func writeUDPFacts(of payload: UnsafeRawBufferPointer, to record: UnsafeMutableRawBufferPointer) {
        precondition(payload.count <= UDPHeader.payloadBytesMax, "a UDP payload of \(payload.count) bytes")
        record.storeBytes(of: DatagramFingerprint(of: payload).value, as: UInt64.self)
        record.storeBytes(of: UInt16(payload.count).littleEndian, toByteOffset: 8, as: UInt16.self)
    }
}
