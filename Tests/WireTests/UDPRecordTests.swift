import Testing
import Wire

@Suite("UDP records")
struct UDPRecordTests {
    /// Returns the complete record of the payload.
    private static func record(_ payload: [UInt8]) -> [UInt8] {
        FrameStreamTests.frame(payload, framing: .udp)
    }

    /// Returns a record with the bytes from a socket, before its completion.
    private static func received(_ received: some Sequence<UInt8>) -> [UInt8] {
        [UInt8](repeating: 0xAA, count: Framing.udpWireOffset) + received
    }

    @Test("a record consists of fingerprint, length, checksum and payload")
    func layout() {
        let payload: [UInt8] = [0xFF, 0xFF, 0xFF]
        let record = Self.record(payload)
        let fingerprint = payload.withUnsafeBytes { DatagramFingerprint(of: $0) }
        #expect(Array(record.prefix(8)) == withUnsafeBytes(of: fingerprint.value) { Array($0) })
        #expect(Array(record.dropFirst(8)) == [0x03, 0x00, 0xFD, 0x02, 0xFF, 0xFF, 0xFF])
        #expect(Framing.udpWireOffset == 10)
    }

    @Test(
        "the bytes that a record sends become the same record at the receiver",
        arguments: [0, 1, 7, 8, 9, 1_499, 1_500]
    )
    func roundTrip(payloadBytes: Int) throws {
        let payload = (0..<payloadBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let sent = Self.record(payload)
        var arrived = Self.received(sent[Framing.udpWireOffset...])
        try arrived.withUnsafeMutableBytes { try Framing.completeUDP(record: $0) }
        #expect(arrived == sent)
    }

    @Test(
        "an invalid datagram throws the matching fault and leaves the record unchanged",
        arguments: [
            ([], .runt), ([0x00], .runt),
            ([0x01, 0x00], .checksum), ([0x02, 0x00, 0x01], .checksum), ([0x01, 0x00, 0x01, 0x01], .checksum),
            (Array(Self.record([1, 2, 3])[Framing.udpWireOffset...].dropLast()), .checksum),
            ([UInt8](repeating: 0, count: 2 + 1_501), .oversized),
            ([UInt8](repeating: 0, count: 2 + 65_535), .oversized),
            ([UInt8](repeating: 0, count: 2 + 65_536), .oversized),
        ] as [([UInt8], UDPHeader.Fault)]
    )
    func faults(received: [UInt8], fault: UDPHeader.Fault) {
        var record = Self.received(received)
        #expect(throws: fault) { try record.withUnsafeMutableBytes { try Framing.completeUDP(record: $0) } }
        #expect(record == Self.received(received))
    }

    @Test(
        "a receiver's own limit applies, up to a record's longest payload",
        arguments: [(0, 0), (0, 1), (10, 10), (10, 11), (1_500, 1_500), (5_000, 1_501)]
    )
    func limit(payloadBytesMax: Int, payloadBytes: Int) throws {
        var record = Self.received([UInt8](repeating: 0, count: 2 + payloadBytes))
        func complete() throws {
            try record.withUnsafeMutableBytes { try Framing.completeUDP(record: $0, payloadBytesMax: payloadBytesMax) }
        }
        if payloadBytes <= min(payloadBytesMax, 1_500) {
            try complete()
        } else {
            #expect(throws: UDPHeader.Fault.oversized) { try complete() }
        }
    }

    @Test("records at each alignment are found one after the other, with their fingerprints")
    func several() {
        let payloads: [[UInt8]] = [[1], [], [1, 2, 3, 4, 5, 6, 7, 8, 9], [1]]
        let records = payloads.flatMap { Self.record($0) }
        var offset = 0
        for payload in payloads {
            records.withUnsafeBytes { records in
                let fingerprint = payload.withUnsafeBytes { DatagramFingerprint(of: $0) }
                #expect(Framing.udpFingerprint(in: records, at: offset) == fingerprint)
                offset += Framing.udp.frameBytes(in: records, at: offset)
            }
        }
        #expect(offset == records.count)
    }

    @Test("framing a payload of 1,501 bytes as a record traps")
    func tooLong() async {
        await #expect(processExitsWith: .failure) {
            _ = FrameStreamTests.frame([UInt8](repeating: 0, count: 1_501), framing: .udp)
        }
    }

    @Test("writing a record's header from a length alone traps")
    func headerOfALength() async {
        await #expect(processExitsWith: .failure) {
            var head = [UInt8](repeating: 0, count: 12)
            head.withUnsafeMutableBytes { Framing.udp.writeHeader(payloadBytes: 1, to: $0) }
        }
    }
}
