import SeededRandom
import Testing
import Wire

@Suite("DatagramFingerprint")
struct DatagramFingerprintTests {
    private static func fingerprint(_ payload: [UInt8]) -> DatagramFingerprint {
        payload.withUnsafeBytes { DatagramFingerprint(of: $0) }
    }

    @Test("payloads of different lengths have different fingerprints")
    func counts() {
        let fingerprints = (0...1_500).map { Self.fingerprint([UInt8](repeating: 0, count: $0)) }
        #expect(Set(fingerprints).count == 1_501)
    }

    @Test("each payload with one changed bit has a different fingerprint", arguments: [1, 7, 8, 9, 15, 16, 17, 100])
    func bits(byteCount: Int) {
        var generator = SplitMix64(seed: UInt64(byteCount))
        let payload = generator.bytes(count: byteCount)
        var fingerprints: Set = [Self.fingerprint(payload)]
        for bit in 0..<byteCount * 8 {
            var changed = payload
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            fingerprints.insert(Self.fingerprint(changed))
        }
        #expect(fingerprints.count == 1 + byteCount * 8)
    }

    @Test("equal payloads have equal fingerprints at each alignment", arguments: 0...8)
    func alignment(offset: Int) {
        let payload = [UInt8](1...20)
        let shifted = [UInt8](repeating: 0xEE, count: offset) + payload
        let fingerprint = shifted.withUnsafeBytes {
            DatagramFingerprint(of: UnsafeRawBufferPointer(rebasing: $0[offset...]))
        }
        #expect(fingerprint == Self.fingerprint(payload))
    }
}
