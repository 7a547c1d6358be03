/// What stands before each payload on a TCP connection: its length in bytes, little-endian, the header itself not counted.
///
/// | header | bytes | longest payload |
/// |---|---|---|
/// | `.two` (Panda3D's default) | u16 | 65,535 |
/// | `.four` | u32 | 4,294,967,295 |
///
/// Nothing on the wire tells which one a peer uses; both ends must have agreed. Source: Panda3D `datagramTCPHeader.cxx`.
public enum TCPHeader: Int, Sendable, CaseIterable {
    /// u16, Panda3D's default.
    case two = 2
    /// u32: `setTcpHeaderSize(4)`.
    case four = 4

    /// Bytes that the header takes.
    @inlinable
    public var size: Int { self.rawValue }

    /// The longest payload, in bytes, whose length the header can say.
    @inlinable
    public var payloadBytesMax: Int {
        switch self {
        case .two: Int(UInt16.max)
        case .four: Int(UInt32.max)
        }
    }

    /// The payload length that the header at `offset` says.
    ///
    /// - Precondition: `size` bytes are there from `offset` on.
    @inlinable
    public func payloadBytes(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        switch self {
        case .two: Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        case .four: Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
    }

    /// Writes the header of a payload of `payloadBytes` to the first `size` bytes of `target`.
    ///
    /// - Precondition: `payloadBytes` is in `0...payloadBytesMax`, and `target` has room.
    @inlinable
    public func write(payloadBytes: Int, to target: UnsafeMutableRawBufferPointer) {
        switch self {
        case .two: target.storeBytes(of: UInt16(payloadBytes).littleEndian, as: UInt16.self)
        case .four: target.storeBytes(of: UInt32(payloadBytes).littleEndian, as: UInt32.self)
        }
    }
}
