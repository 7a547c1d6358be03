import Testing
import Wire

@Suite("UDPHeader")
struct UDPHeaderTests {
    /// Payloads, and the headers that Panda3D 1.10.16 sends with them.
    static let sent: [(payload: [UInt8], header: [UInt8])] = [
        ([], [0x00, 0x00]),
        ([0x00], [0x00, 0x00]),
        ([0x01], [0x01, 0x00]),
        ([0xFF, 0xFF, 0xFF], [0xFD, 0x02]),
        (Array(0...255), [0x80, 0x7F]),
        (Array(repeating: 0xFF, count: 300), [0xD4, 0x2A]),
        (Array("Hello, world!".utf8), [0x89, 0x04]),
        (Array(repeating: 0xFF, count: 1500), [0x24, 0xD6]),
    ]

    @Test("the checksum equals Panda3D's, and the datagram gives the payload back", arguments: Self.sent)
    func sum(payload: [UInt8], header: [UInt8]) throws {
        let sum = payload.withUnsafeBytes { UDPHeader.checksum(of: $0) }
        #expect([UInt8(truncatingIfNeeded: sum), UInt8(truncatingIfNeeded: sum >> 8)] == header)
        #expect(try Self.payload(of: header + payload) == payload)
    }

    @Test(
        "an invalid datagram throws the matching fault",
        arguments: [
            ([], .runt), ([0x00], .runt), ([0xFF], .runt),
            ([0x01, 0x00], .checksum), ([0x00, 0x01, 0x01], .checksum), ([0x02, 0x00, 0x01], .checksum),
            ([0x01, 0x00, 0x01, 0x01], .checksum),
        ] as [([UInt8], UDPHeader.Fault)]
    )
    func faults(datagram: [UInt8], fault: UDPHeader.Fault) {
        #expect(throws: fault) { try Self.payload(of: datagram) }
    }

    @Test("the header is read at each alignment")
    func alignment() throws {
        let bytes: [UInt8] = [0xAA, 0x03, 0x00, 0x01, 0x02]
        try bytes.withUnsafeBytes { bytes throws in
            let payload = try UDPHeader.payload(of: UnsafeRawBufferPointer(rebasing: bytes[1...]))
            #expect(Array(payload) == [1, 2])
        }
    }

    private static func payload(of datagram: [UInt8]) throws -> [UInt8] {
        try datagram.withUnsafeBytes { Array(try UDPHeader.payload(of: $0)) }
    }
}
