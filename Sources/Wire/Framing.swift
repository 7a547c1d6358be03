/// What stands before each payload in memory: on a stream the payload's length, for UDP what the engine keeps about it.
///
/// | framing | before the payload | bytes | longest payload |
/// |---|---|---|---|
/// | `.two` (Panda3D's default) | length, u16 | 2 | 65,535 |
/// | `.four` | length, u32 | 4 | 4,294,967,295 |
/// | `.udp` | a record's head, see below | 12 | 1,500 |
///
/// A length is little-endian, counts bytes and leaves itself out. Nothing on the wire tells which one a peer uses; both ends
/// must have agreed. Source: Panda3D `datagramTCPHeader.cxx`.
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
/// The bytes from `udpWireOffset` on are what a UDP socket sends and receives.
public enum Framing: Sendable, CaseIterable, Hashable {
    /// A stream with lengths of 2 bytes, Panda3D's default.
    case two
    /// A stream with lengths of 4 bytes: `setTcpHeaderSize(4)`.
    case four
    /// Records of UDP datagrams.
    case udp

    /// The framing of a stream whose lengths take `headerSize` bytes; nil for other sizes than 2 and 4.
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

    /// The payload's length, in bytes, as the frame that begins at `offset` says it.
    ///
    /// - Precondition: `size` bytes are there from `offset` on.
    @inlinable
    public func payloadBytes(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        switch self {
        case .two: Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        case .four: Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        case .udp: Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt16.self)))
        }
    }

    /// Bytes of the frame that begins at `offset`, from its first byte to the end of its payload.
    ///
    /// - Precondition: `size` bytes are there from `offset` on.
    @inlinable
    public func frameBytes(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        self.size + self.payloadBytes(in: bytes, at: offset)
    }

    /// Writes a frame of `payload` to the first `size + payload.count` bytes of `target`. The payload may stand there already.
    ///
    /// - Precondition: `payload` has at most `payloadBytesMax` bytes, and `target` has room.
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

    /// Writes the length of a payload of `payloadBytes` to the first `size` bytes of `target`.
    ///
    /// - Precondition: the framing is a stream's, `payloadBytes` is in `0...payloadBytesMax`, and `target` has room.
    @inlinable
    public func writeHeader(payloadBytes: Int, to target: UnsafeMutableRawBufferPointer) {
        switch self {
        case .two: target.storeBytes(of: UInt16(payloadBytes).littleEndian, as: UInt16.self)
        case .four: target.storeBytes(of: UInt32(payloadBytes).littleEndian, as: UInt32.self)
        case .udp: preconditionFailure("The head of a UDP record is made of its payload, not of a length.")
        }
    }
}
