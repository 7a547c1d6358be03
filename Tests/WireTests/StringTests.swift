import Testing
import Wire

@Suite("Strings in a datagram")
struct StringTests {
    @Test("a text reads back and has the same bytes as a blob of its UTF-8")
    func text() throws {
        let texts = ["Zoë 😀", "", "a", "NUL \0 inside", "\r\n"]
        var (strings, blobs) = (Datagram(), Datagram())
        for text in texts {
            try strings.addString(text)
            try blobs.addBlob(text.utf8)
        }
        #expect(strings == blobs)

        var iterator = DatagramIterator(blobs)
        for text in texts { #expect(try iterator.getString() == text) }
    }

    @Test("texts and blobs of 65,535 bytes are written and read")
    func longest() throws {
        let text = String(repeating: "x", count: 65_535)
        var datagram = Datagram()
        try datagram.addString(text)
        try datagram.addBlob(Array(text.utf8))
        #expect(datagram.byteCount == 2 * 65_537)
        #expect(datagram.bytes.prefix(3) == [0xFF, 0xFF, 0x78])

        var iterator = DatagramIterator(datagram)
        for _ in 0..<2 {
            #expect(try iterator.getString() == text)
        }
    }

    @Test("texts and blobs of 65,536 bytes throw and leave the datagram unchanged", arguments: ["x", "ë", "😀"])
    func tooLong(character: String) {
        let text = String(repeating: character, count: 65_536 / character.utf8.count)
        let error = WireError.tooLong(byteCount: 65_536, byteCountMax: 65_535)
        var datagram = Datagram([7])
        #expect(throws: error) { try datagram.addString(text) }
        #expect(throws: error) { try datagram.addBlob(Array(text.utf8)) }
        #expect(datagram.bytes == [7])
    }

    @Test("a 32-bit count allows more than 65,535 bytes")
    func count32() throws {
        let text = String(repeating: "x", count: 65_536)
        var datagram = Datagram()
        datagram.addString32(text)
        datagram.addBlob32(Array(text.utf8))
        #expect(datagram.bytes.prefix(5) == [0x00, 0x00, 0x01, 0x00, 0x78])

        var iterator = DatagramIterator(datagram)
        #expect(try iterator.getString32() == text)
        #expect(try iterator.getString32() == text)
        #expect(iterator.getRemainingSize() == 0)
    }

    @Test("a NUL-terminated string is cut at its first NUL", arguments: ["ab\0cd", "ab\0", "ab\0\0"])
    func zString(text: String) throws {
        var datagram = Datagram()
        datagram.addZString(text)
        #expect(datagram.bytes == [0x61, 0x62, 0x00])
    }

    @Test(
        "a fixed string is cut or padded to its size, as in Panda3D",
        arguments: [
            ("Hello", 3, [0x48, 0x65, 0x6C]),
            ("Hello", 5, [0x48, 0x65, 0x6C, 0x6C, 0x6F]),
            ("Hello", 8, [0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00, 0x00, 0x00]),
            ("Hello", 0, []),
            ("", 3, [0x00, 0x00, 0x00]),
            ("Zoë", 3, [0x5A, 0x6F, 0xC3]),
            ("a\0b", 3, [0x61, 0x00, 0x62]),
            ("a\0b", 5, [0x61, 0x00, 0x62, 0x00, 0x00]),
        ] as [(String, Int, [UInt8])]
    )
    func fixedString(text: String, byteCount: Int, bytes: [UInt8]) {
        var datagram = Datagram()
        datagram.addFixedString(text, byteCount: byteCount)
        #expect(datagram.bytes == bytes)
    }

    @Test("reading a fixed string stops at its first NUL and advances past all its bytes")
    func fixedStringNUL() throws {
        var iterator = DatagramIterator(Datagram([0x61, 0x00, 0x62, 0x63, 0x07]))
        #expect(try iterator.getFixedString(byteCount: 4) == "a")
        #expect(try iterator.getUint8() == 7)
    }
}
