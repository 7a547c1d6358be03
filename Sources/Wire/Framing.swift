/// The header before each payload in memory. On a stream it is the payload's length. In a UDP record (see below) it is
/// data for the engine, then the checksum.
///
/// | framing | before the payload | bytes | longest payload |
/// |---|---|---|---|
/// | `.two` (Panda3D's default) | length, u16 | 2 | 65,535 |
/// | `.four` | length, u32 | 4 | 4,294,967,295 |
/// | `.udp` | a record's head, see below | 12 | 1,500 |
///
/// A length is little-endian and counts the payload's bytes, without the header. The bytes on the wire do not show
/// which framing a peer uses; both ends must agree beforehand. Source: Panda3D `datagramTCPHeader.cxx`.
///
/// A UDP record:
///
/// | bytes | field |
/// |---|---|
/// | 0–7 | the payload's `DatagramFingerprint`, u64 in the machine's byte order |
/// | 8–9 | the payload's length in bytes, u16, little-endian |
/// | 10–11 | the payload's checksum, see `UDPHeader` |
/// | 12… | the payload |
///
/// A UDP socket sends and receives the bytes from `udpWireOffset` on.
public enum Framing: Sendable, CaseIterable, Hashable {
    /// A stream with 2-byte lengths, Panda3D's default.
    case two
    /// A stream with 4-byte lengths, as after Panda3D's `setTcpHeaderSize(4)`.
    case four
    /// Records of UDP datagrams.
    case udp

    /// The framing of a stream whose lengths take `headerSize` bytes. Returns nil for sizes other than 2 and 4.
    @inlinable
    public init?(headerSize: Int) {
        switch headerSize {
        case 2: self = .two
        case 4: self = .four
        default: return nil
        }
    }

    /// Bytes before each payload.
    @inlinable
    public var size: Int {
        switch self {
        case .two: 2
        case .four: 4
        case .udp: 12
        }
    }

    /// The longest payload, in bytes.
    @inlinable
    public var payloadBytesMax: Int {
        switch self {
        case .two: Int(UInt16.max)
        case .four: Int(UInt32.max)
        case .udp: UDPHeader.payloadBytesMax
        }
    }

    /// The payload's length, in bytes, from the header of the frame that begins at `offset`.
    ///
    /// - Precondition: `bytes` has at least `size` bytes from `offset` on.
    @inlinable
    public func payloadBytes(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        switch self {
        case .two: Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        case .four: Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        case .udp: Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt16.self)))
        }
    }

    /// The length of the frame that begins at `offset`, header included, in bytes.
    ///
    /// - Precondition: `bytes` has at least `size` bytes from `offset` on.
    @inlinable
    public func frameBytes(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        self.size + self.payloadBytes(in: bytes, at: offset)
    }

    /// Writes a frame of `payload` to the first `size + payload.count` bytes of `target`.
    ///
    /// `payload` may already lie at its final position in `target`.
    ///
    /// - Precondition: `payload` has at most `payloadBytesMax` bytes and fits into `target` with the header.
    @inlinable
    public func write(_ payload: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
        switch self {
        case .two, .four: self.writeHeader(payloadBytes: payload.count, to: target)
        case .udp:
            Self.writeUDPFacts(of: payload, to: target)
            let checksum = UDPHeader.checksum(of: payload).littleEndian
            target.storeBytes(of: checksum, toByteOffset: Self.udpWireOffset, as: UInt16.self)
        }
        UnsafeMutableRawBufferPointer(rebasing: target[self.size...]).copyMemory(from: payload)
    }

    /// Writes the length of a payload to the first `size` bytes of `target`.
    ///
    /// - Precondition: the framing is `.two` or `.four`, `payloadBytes` is in `0...payloadBytesMax`, and `target` has
    ///   at least `size` bytes.
    @inlinable
    public func writeHeader(payloadBytes: Int, to target: UnsafeMutableRawBufferPointer) {
        switch self {
        case .two: target.storeBytes(of: UInt16(payloadBytes).littleEndian, as: UInt16.self)
        case .four: target.storeBytes(of: UInt32(payloadBytes).littleEndian, as: UInt32.self)
        case .udp: preconditionFailure("A UDP record's head depends on the payload itself: use write(_:to:).")
        }
    }
}
