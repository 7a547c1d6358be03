import Testing
import Wire

@Suite("FrameScanner")
struct FrameScannerTests {
    typealias Run = FrameScanner.Run

    /// Bytes with two-byte headers, and the result of a scan with a limit of 4 bytes.
    static let scanned: [(bytes: [UInt8], run: Run)] = [
        ([], Run()),
        ([0x00], Run()),
        ([0x01, 0x00], Run()),
        ([0x02, 0x00, 0xAA], Run()),
        // Empty frames.
        ([0x00, 0x00], Run(byteCount: 2, datagramCount: 1)),
        ([0x00, 0x00, 0x00, 0x00, 0x00, 0x00], Run(byteCount: 6, datagramCount: 3)),
        ([0x00, 0x00, 0x00], Run(byteCount: 2, datagramCount: 1)),
        // One frame, alone and with following bytes.
        ([0x02, 0x00, 0xAA, 0xBB], Run(byteCount: 4, datagramCount: 1)),
        ([0x02, 0x00, 0xAA, 0xBB, 0x01], Run(byteCount: 4, datagramCount: 1)),
        ([0x02, 0x00, 0xAA, 0xBB, 0x01, 0x00], Run(byteCount: 4, datagramCount: 1)),
        ([0x02, 0x00, 0xAA, 0xBB, 0x01, 0x00, 0xCC], Run(byteCount: 7, datagramCount: 2)),
        // A payload at the limit, and one over it, which the header alone shows.
        ([0x04, 0x00, 0xAA, 0xAA, 0xAA, 0xAA], Run(byteCount: 6, datagramCount: 1)),
        ([0x04, 0x00], Run()),
        ([0x05, 0x00], Run(oversizedPayloadBytes: 5)),
        ([0x05], Run()),
        ([0xFF, 0xFF], Run(oversizedPayloadBytes: 65_535)),
        ([0x00, 0x01], Run(oversizedPayloadBytes: 256)),
        // Frames before an oversized frame are whole. The scan ignores the bytes after it.
        ([0x01, 0x00, 0xAA, 0x05, 0x00], Run(byteCount: 3, datagramCount: 1, oversizedPayloadBytes: 5)),
        ([0x05, 0x00, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0x00, 0x00], Run(oversizedPayloadBytes: 5)),
    ]

    @Test("a scan of two-byte headers finds the run of whole frames", arguments: Self.scanned)
    func scanTwo(bytes: [UInt8], run: Run) {
        let scanner = FrameScanner(framing: .two, payloadBytesMax: 4)
        #expect(bytes.withUnsafeBytes { scanner.scan($0) } == run)
    }

    @Test(
        "a scan of four-byte headers finds the run of whole frames",
        arguments: [
            ([], Run()),
            ([0x00, 0x00, 0x00], Run()),
            ([0x05, 0x00, 0x00], Run()),
            ([0x00, 0x00, 0x00, 0x00], Run(byteCount: 4, datagramCount: 1)),
            ([0x01, 0x00, 0x00, 0x00], Run()),
            ([0x01, 0x00, 0x00, 0x00, 0xAA, 0x02, 0x00, 0x00], Run(byteCount: 5, datagramCount: 1)),
            ([0x04, 0x00, 0x00, 0x00, 0xAA, 0xAA, 0xAA, 0xAA], Run(byteCount: 8, datagramCount: 1)),
            ([0x04, 0x00, 0x00, 0x00], Run()),
            ([0x05, 0x00, 0x00, 0x00], Run(oversizedPayloadBytes: 5)),
            ([0x00, 0x00, 0x01, 0x00], Run(oversizedPayloadBytes: 65_536)),
            ([0x00, 0x00, 0x00, 0x80], Run(oversizedPayloadBytes: 0x8000_0000)),
            ([0xFF, 0xFF, 0xFF, 0xFF], Run(oversizedPayloadBytes: 4_294_967_295)),
            (
                [0x00, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00],
                Run(byteCount: 4, datagramCount: 1, oversizedPayloadBytes: 5)
            ),
        ] as [([UInt8], Run)]
    )
    func scanFour(bytes: [UInt8], run: Run) {
        let scanner = FrameScanner(framing: .four, payloadBytesMax: 4)
        #expect(bytes.withUnsafeBytes { scanner.scan($0) } == run)
    }

    @Test("a limit of 0 bytes admits only empty frames")
    func limitZero() {
        let scanner = FrameScanner(framing: .two, payloadBytesMax: 0)
        let bytes: [UInt8] = [0x00, 0x00, 0x01, 0x00, 0xAA]
        let run = bytes.withUnsafeBytes { scanner.scan($0) }
        #expect(run == Run(byteCount: 2, datagramCount: 1, oversizedPayloadBytes: 1))
    }

    @Test("the limit never exceeds the framing's longest payload")
    func limitOfTheFraming() {
        #expect(FrameScanner(framing: .two, payloadBytesMax: 65_536).payloadBytesMax == 65_535)
        #expect(FrameScanner(framing: .two, payloadBytesMax: 65_534).payloadBytesMax == 65_534)
        #expect(FrameScanner(framing: .four, payloadBytesMax: .max).payloadBytesMax == 4_294_967_295)
        #expect(FrameScanner(framing: .udp, payloadBytesMax: 1_501).payloadBytesMax == 1_500)
    }

    @Test("a payload of 65,535 bytes is one frame")
    func longest() {
        let scanner = FrameScanner(framing: .two, payloadBytesMax: 65_535)
        let bytes = [0xFF, 0xFF] + [UInt8](repeating: 0xFF, count: 65_535)
        #expect(bytes.withUnsafeBytes { scanner.scan($0) } == Run(byteCount: 65_537, datagramCount: 1))
        #expect(bytes.dropLast().withUnsafeBytes { scanner.scan($0) } == Run())
    }
}
