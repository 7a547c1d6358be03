import Testing

@testable import lobbyd

@Suite("Bytes of the command line")
struct CommandLineTextTests {
    @Test("the first argument that is not UTF-8 is shown with its bytes")
    func notUTF8() {
        #expect(CommandLineText.notUTF8(among: []) == nil)
        #expect(CommandLineText.notUTF8(among: [Array("caf\u{E9}".utf8), Array("\u{FFFD}".utf8)]) == nil)
        #expect(CommandLineText.notUTF8(among: [[0x61], [0x2F, 0xE9, 0x0A, 0x5C], [0xFF]]) == #"/\xE9\x0A\x5C"#)
    }
}
