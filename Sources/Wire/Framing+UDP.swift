/// What only UDP records have.
extension Framing {
    /// Where the part of a record begins that a UDP socket sends and receives: checksum and payload.
    public static let udpWireOffset = 10

    /// The fingerprint in the record that begins at `offset`.
    ///
    /// - Precondition: 8 bytes are there from `offset` on.
    @inlinable
    public static func udpFingerprint(in bytes: UnsafeRawBufferPointer, at offset: Int) -> DatagramFingerprint {
        DatagramFingerprint(value: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Makes a record of what a UDP socket received: checks the checksum and fills in the bytes before it.
    ///
    /// - Parameters:
    ///   - record: `udpWireOffset` bytes of any content, then the received bytes.
    ///   - payloadBytesMax: the longest payload that is taken, in bytes; cut to what a record can hold.
    /// - Throws: `UDPHeader.Fault`, which leaves `record` as it was.
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

    /// Writes the bytes of a record that stay in memory: the fingerprint and the length of `payload`.
    @inlinable
    static func writeUDPFacts(of payload: UnsafeRawBufferPointer, to record: UnsafeMutableRawBufferPointer) {
        precondition(payload.count <= UDPHeader.payloadBytesMax, "a UDP payload of \(payload.count) bytes")
        record.storeBytes(of: DatagramFingerprint(of: payload).value, as: UInt64.self)
        record.storeBytes(of: UInt16(payload.count).littleEndian, toByteOffset: 8, as: UInt16.self)
    }
}
