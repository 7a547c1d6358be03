/// Tells one payload from another without a copy of it: a hash of its bytes and of their count.
///
/// The hash has no secret: a peer that wants to can find two payloads with one fingerprint. It differs between machines of
/// different byte orders and is never sent.
public struct DatagramFingerprint: Hashable, Sendable {
    /// The hash.
    public let value: UInt64

    /// The fingerprint whose hash is `value`.
    @inlinable
    public init(value: UInt64) {
        self.value = value
    }

    /// The fingerprint of `payload`.
    @inlinable
    public init(of payload: UnsafeRawBufferPointer) {
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
        self.value = Self.mixed(hash, UInt64(payload.count))
    }

    @inlinable
    static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low &+ hash
    }
}
