import Testing

@testable import Control

@Suite("Bytes of the command line")
struct ByteTextTests {
    @Test("a backslash and all bytes that are not printable ASCII are shown in hexadecimal")
    func shown() {
        #expect(ByteText.shown(Array("/tmp/a~ ".utf8)) == "/tmp/a~ ")
        #expect(ByteText.shown([0x2F, 0xE9, 0x0A, 0x5C]) == #"/\xE9\x0A\x5C"#)
    }

    @Test("all bytes of a C string are kept up to its end")
    func bytes() {
        let text = [0x61, 0xE9, 0x7F, 0, 0x62].map(CChar.init(bitPattern:))
        let bytes = text.withUnsafeBufferPointer { $0.baseAddress.map { ByteText.bytes(of: $0) } }
        #expect(bytes == [0x61, 0xE9, 0x7F])
    }
}
