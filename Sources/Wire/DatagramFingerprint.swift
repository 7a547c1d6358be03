/// A hash of a payload's bytes and length, to compare payloads without keeping a copy.
///
/// The hash has no secret, so a peer can construct two payloads with the same fingerprint. The hash depends on the
/// machine's byte order and is never sent.
public struct DatagramFingerprint: Hashable, Sendable {
    /// The hash.
    public let value: UInt64

    /// A fingerprint with a known hash.
    @inlinable
    public init(value: UInt64) {
        self.value = value
    }

    /// Computes the fingerprint of `payload`.
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
