/// What each payload carries so that its receivers can check it.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 2 | the message type, which the server looks at |
/// | 2 | 2 | the tag of the run: what another one sends through the same server is left alone |
/// | 4 | 4 | the publisher |
/// | 8 | 4 | the publisher's datagrams before this one, modulo 2^32 |
/// | 12 | 8 | when it should have left, in nanoseconds of this machine's monotonic clock |
///
/// All little-endian; the rest of the payload is filler.
struct Stamp: Equatable, Sendable {
    /// Bytes that it takes, and so the shortest payload.
    static let byteCount = 20

    /// Tags of runs are even; the odd one after it is that of the probes that the run begins with.
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

    /// Reads it from the beginning of a payload; nil when that is too short.
    @inline(__always)
    init?(_ payload: UnsafeRawBufferPointer) {
        guard payload.count >= Self.byteCount else { return nil }
        self.messageType = UInt16(littleEndian: payload.loadUnaligned(fromByteOffset: 0, as: UInt16.self))
        self.tag = UInt16(littleEndian: payload.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        self.publisher = UInt32(littleEndian: payload.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        self.sequence = UInt32(littleEndian: payload.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        self.sentAt = UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: 12, as: UInt64.self))
    }

    /// Writes it to the beginning of a payload.
    ///
    /// - Precondition: `payload` has room for it.
    func write(to payload: UnsafeMutableRawBufferPointer) {
        payload.storeBytes(of: self.messageType.littleEndian, toByteOffset: 0, as: UInt16.self)
        payload.storeBytes(of: self.tag.littleEndian, toByteOffset: 2, as: UInt16.self)
        payload.storeBytes(of: self.publisher.littleEndian, toByteOffset: 4, as: UInt32.self)
        payload.storeBytes(of: self.sequence.littleEndian, toByteOffset: 8, as: UInt32.self)
        payload.storeBytes(of: self.sentAt.littleEndian, toByteOffset: 12, as: UInt64.self)
    }
}
