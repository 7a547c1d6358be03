import Testing

@testable import Control

@Suite("LineBuffer")
struct LineBufferTests {
    @Test("lines are found whole in pieces of each size", arguments: 1...7)
    func split(size: Int) throws {
        let bytes = Array("one\n\ntwo two\nrest".utf8)
        var buffer = LineBuffer(bytesMax: 10)
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            buffer.append(bytes[start..<min(start + size, bytes.count)])
            while let line = try buffer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        #expect(lines == ["one", "", "two two"])
        #expect(!buffer.isEmpty)
    }

    @Test("a line at the limit is accepted, and one byte more is an error before and after the line's end")
    func limit() throws {
        var exact = LineBuffer(bytesMax: 4)
        exact.append("abc\n".utf8)
        #expect(try exact.next() == Array("abc".utf8))
        #expect(exact.isEmpty)

        var unfinished = LineBuffer(bytesMax: 4)
        unfinished.append("abc".utf8)
        #expect(try unfinished.next() == nil)
        unfinished.append("d".utf8)
        #expect(throws: LineBuffer.TooLong()) { try unfinished.next() }

        var finished = LineBuffer(bytesMax: 4)
        finished.append("abcd\n".utf8)
        #expect(throws: LineBuffer.TooLong()) { try finished.next() }
    }
}
