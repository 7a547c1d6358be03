/// The head of each payload, from which a receiver checks order and latency.
///
/// | bytes | |
/// |---|---|
/// | u8 | message type |
/// | u8 | 0 |
/// | u16 | publisher |
/// | u32 | the publisher's sequence number, from 1 on |
/// | u64 | the time at which the message was due, in nanoseconds |
struct Stamp {
    static let size = 16

    var publisher: UInt16
    var sequence: UInt32
    var nanoseconds: UInt64

    init(publisher: UInt16, sequence: UInt32, nanoseconds: UInt64) {
        self.publisher = publisher
        self.sequence = sequence
        self.nanoseconds = nanoseconds
    }

    init(at offset: Int, in bytes: UnsafeRawBufferPointer) {
        self.publisher = bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self)
        self.sequence = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
        self.nanoseconds = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
    }

    /// Writes the stamp after the message type, which stays unchanged.
    func write(at offset: Int, to bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: self.publisher, toByteOffset: offset + 2, as: UInt16.self)
            bytes.storeBytes(of: self.sequence, toByteOffset: offset + 4, as: UInt32.self)
            bytes.storeBytes(of: self.nanoseconds, toByteOffset: offset + 8, as: UInt64.self)
        }
    }
}
