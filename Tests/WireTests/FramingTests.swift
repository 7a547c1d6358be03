import Testing
import Wire

@Suite("Framing")
struct FramingTests {
    static let headers: [(framing: Framing, payloadBytes: Int, bytes: [UInt8])] = [
        (.two, 0, [0x00, 0x00]),
        (.two, 1, [0x01, 0x00]),
        (.two, 0x1234, [0x34, 0x12]),
        (.two, 65_535, [0xFF, 0xFF]),
        (.four, 0, [0x00, 0x00, 0x00, 0x00]),
        (.four, 0x1234, [0x34, 0x12, 0x00, 0x00]),
        (.four, 65_536, [0x00, 0x00, 0x01, 0x00]),
        (.four, 0x89AB_CDEF, [0xEF, 0xCD, 0xAB, 0x89]),
        (.four, 4_294_967_295, [0xFF, 0xFF, 0xFF, 0xFF]),
    ]

    @Test("a stream's header is the little-endian length of the payload", arguments: Self.headers)
    func writeHeader(framing: Framing, payloadBytes: Int, bytes: [UInt8]) {
        // The byte after the header must not change.
        var target = [UInt8](repeating: 0xAA, count: framing.size + 1)
        target.withUnsafeMutableBytes { framing.writeHeader(payloadBytes: payloadBytes, to: $0) }
        #expect(target == bytes + [0xAA])
    }

    @Test("a length is read at each offset, aligned or not", arguments: Self.headers)
    func read(framing: Framing, payloadBytes: Int, bytes: [UInt8]) {
        for offset in 0...4 {
            let source = [UInt8](repeating: 0xAA, count: offset) + bytes + [0xAA]
            #expect(source.withUnsafeBytes { framing.payloadBytes(in: $0, at: offset) } == payloadBytes)
            #expect(source.withUnsafeBytes { framing.frameBytes(in: $0, at: offset) } == bytes.count + payloadBytes)
        }
    }

    @Test("a frame consists of the framing's header and the payload", arguments: Framing.allCases)
    func write(framing: Framing) {
        for payload in [[], [7], Array(0...99), [UInt8](repeating: 1, count: 1_500)] as [[UInt8]] {
            for offset in 0...3 {
                // The bytes before and after the frame must not change.
                let end = offset + framing.size + payload.count
                var target = [UInt8](repeating: 0xAA, count: end + 1)
                target.withUnsafeMutableBytes { target in
                    let frame = UnsafeMutableRawBufferPointer(rebasing: target[offset..<end])
                    payload.withUnsafeBytes { framing.write($0, to: frame) }
                }
                #expect(target.prefix(offset).allSatisfy { $0 == 0xAA })
                #expect(target.last == 0xAA)
                #expect(Array(target[(offset + framing.size)..<end]) == payload)
                #expect(target.withUnsafeBytes { framing.payloadBytes(in: $0, at: offset) } == payload.count)
                #expect(target.withUnsafeBytes { framing.frameBytes(in: $0, at: offset) } == end - offset)
            }
        }
    }

    @Test("a payload that is already in place can be framed there", arguments: Framing.allCases)
    func writeInPlace(framing: Framing) {
        let payload: [UInt8] = [1, 2, 3]
        var frame = [UInt8](repeating: 0, count: framing.size) + payload
        frame.withUnsafeMutableBytes { frame in
            framing.write(UnsafeRawBufferPointer(rebasing: frame[framing.size...]), to: frame)
        }
        #expect(frame == FrameStreamTests.frame(payload, framing: framing))
    }

    @Test("the header size selects a stream's framing", arguments: [Int.min, -1, 0, 1, 2, 3, 4, 5, 12, .max])
    func headerSize(size: Int) {
        let framings: [Int: Framing] = [2: .two, 4: .four]
        #expect(Framing(headerSize: size) == framings[size])
    }

    @Test("each framing has a header size and a longest payload")
    func sizes() {
        #expect(Framing.allCases.map(\.size) == [2, 4, 12])
        #expect(Framing.allCases.map(\.payloadBytesMax) == [65_535, 4_294_967_295, 1_500])
    }
}
