/// The beginning of each payload, by which receivers check it.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 2 | the message type, for the server's routes |
/// | 2 | 2 | the tag of the run; receivers count payloads with other tags as foreign |
/// | 4 | 4 | the publisher |
/// | 8 | 4 | the number of the publisher's earlier datagrams, modulo 2^32 |
/// | 12 | 8 | the time at which the datagram should be sent, in nanoseconds of this machine's monotonic clock |
///
/// All numbers are little-endian. Filler follows up to the end of the payload.
struct Stamp: Equatable, Sendable {
    /// The size of a stamp in bytes, and therefore the shortest payload.
    static let byteCount = 20

    /// The tag of the probes before a run. Tags of runs are even, and the probes use the next odd number.
    static func probeTag(of tag: UInt16) -> UInt16 { tag | 1 }

    var messageType: UInt16
    var tag: UInt16
    var publisher: UInt32
    var sequence: UInt32
    var sentAt: UInt64

    init(messageType: UInt16, tag: UInt16, publisher: UInt32, sequence: UInt32, sentAt: UInt64) {
        self.messageType = messageType
        self.tag = tag
        self.publisher = publisher
        self.sequence = sequence
        self.sentAt = sentAt
    }

    /// Reads the stamp at the beginning of a payload; nil when the payload is too short.
    @inline(__always)
    init?(_ payload: UnsafeRawBufferPointer) {
        guard payload.count >= Self.byteCount else { return nil }
        self.messageType = UInt16(littleEndian: payload.loadUnaligned(fromByteOffset: 0, as: UInt16.self))
        self.tag = UInt16(littleEndian: payload.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        self.publisher = UInt32(littleEndian: payload.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        self.sequence = UInt32(littleEndian: payload.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        self.sentAt = UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: 12, as: UInt64.self))
    }

    /// Writes the stamp to the beginning of a payload.
    ///
    /// - Precondition: the payload has at least `byteCount` bytes.
    func write(to payload: UnsafeMutableRawBufferPointer) {
        payload.storeBytes(of: self.messageType.littleEndian, toByteOffset: 0, as: UInt16.self)
        payload.storeBytes(of: self.tag.littleEndian, toByteOffset: 2, as: UInt16.self)
        payload.storeBytes(of: self.publisher.littleEndian, toByteOffset: 4, as: UInt32.self)
        payload.storeBytes(of: self.sequence.littleEndian, toByteOffset: 8, as: UInt32.self)
        payload.storeBytes(of: self.sentAt.littleEndian, toByteOffset: 12, as: UInt64.self)
    }
}
