/// Tells one payload from another without a copy of it.
///
/// A peer that wants to can find two payloads with one fingerprint; the second of them then counts as a repetition.
struct DatagramFingerprint: Equatable, Sendable {
    private let hash: UInt64
    private let byteCount: Int

    init(_ payload: UnsafeRawBufferPointer) {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset + 8 <= payload.count {
            hash = Self.mixed(hash, payload.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        while offset < payload.count {
            hash = Self.mixed(hash, UInt64(payload[offset]))
            offset += 1
        }
        self.hash = hash
        self.byteCount = payload.count
    }

    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low &+ hash
    }
}
