import Testing
import Wire

@Suite("TCPHeader")
struct TCPHeaderTests {
    static let written: [(header: TCPHeader, payloadBytes: Int, bytes: [UInt8])] = [
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

    @Test("a header is the payload's length, little-endian", arguments: Self.written)
    func write(header: TCPHeader, payloadBytes: Int, bytes: [UInt8]) {
        // What is behind the header stays.
        var target = [UInt8](repeating: 0xAA, count: header.size + 1)
        target.withUnsafeMutableBytes { header.write(payloadBytes: payloadBytes, to: $0) }
        #expect(target == bytes + [0xAA])
    }

    @Test("a header is read from any offset, aligned or not", arguments: Self.written)
    func read(header: TCPHeader, payloadBytes: Int, bytes: [UInt8]) {
        for offset in 0...4 {
            let source = [UInt8](repeating: 0xAA, count: offset) + bytes + [0xAA]
            #expect(source.withUnsafeBytes { header.payloadBytes(in: $0, at: offset) } == payloadBytes)
        }
    }

    @Test("a header's size is its raw value, and says how long a payload may be")
    func sizes() {
        #expect(TCPHeader(rawValue: 2) == .two)
        #expect(TCPHeader(rawValue: 4) == .four)
        #expect(TCPHeader(rawValue: 0) == nil)
        #expect(TCPHeader.allCases.map(\.size) == [2, 4])
        #expect(TCPHeader.allCases.map(\.payloadBytesMax) == [65_535, 4_294_967_295])
    }
}
