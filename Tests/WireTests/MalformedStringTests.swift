import Testing
import Wire

@Suite("Malformed strings in a datagram")
struct MalformedStringTests {
    typealias GetString = @Sendable (inout DatagramIterator) throws -> String

    /// Invalid strings, each with the position of the fault and a method that reads it.
    static let stringsNotUTF8: [(bytes: [UInt8], position: Int, get: GetString)] = [
        ([0x02, 0x00, 0xFF, 0xFE], 2, { try $0.getString() }),
        ([0x02, 0x00, 0x00, 0x00, 0xFF, 0xFE], 4, { try $0.getString32() }),
        ([0xFF, 0xFE, 0x00], 0, { try $0.getZString() }),
        ([0x61, 0xFF, 0x00, 0x00], 0, { try $0.getFixedString(byteCount: 4) }),
        // Cut in the middle of a character.
        ([0x5A, 0x6F, 0xC3], 0, { try $0.getFixedString(byteCount: 3) }),
        // An overlong NUL, a surrogate, and a character beyond U+10FFFF.
        ([0x02, 0x00, 0xC0, 0x80], 2, { try $0.getString() }),
        ([0x03, 0x00, 0xED, 0xA0, 0x80], 2, { try $0.getString() }),
        ([0x04, 0x00, 0xF4, 0x90, 0x80, 0x80], 2, { try $0.getString() }),
    ]

    @Test("a string that is not UTF-8 throws and keeps the index", arguments: Self.stringsNotUTF8.indices)
    func notUTF8(index: Int) throws {
        let (bytes, position, get) = Self.stringsNotUTF8[index]
        var iterator = try DatagramIterator(Datagram([0xAA] + bytes), offset: 1)
        #expect(throws: WireError.notUTF8(position: position + 1)) { try get(&iterator) }
        #expect(iterator.getCurrentIndex() == 1)
    }

    @Test("bytes after the NUL of a fixed string need not be UTF-8")
    func fixedStringTail() throws {
        var iterator = DatagramIterator(Datagram([0x61, 0x00, 0xFF, 0xFE]))
        #expect(try iterator.getFixedString(byteCount: 4) == "a")
    }

    @Test(
        "a wide string with half a surrogate pair throws, and its units can still be read",
        arguments: [[0xD83D], [0xDE00], [0xDE00, 0xD83D], [0x41, 0xD83D]] as [[UInt16]]
    )
    func notUTF16(units: [UInt16]) throws {
        var datagram = Datagram([0xAA])
        datagram.addWstring(units)
        var iterator = try DatagramIterator(datagram, offset: 1)
        #expect(throws: WireError.notUTF16(position: 5)) { try iterator.getWstring() }
        #expect(iterator.getCurrentIndex() == 1)
        #expect(try iterator.getWstringUnits() == units)
        #expect(iterator.getRemainingSize() == 0)
    }

    /// In 32 bits, twice these counts would be 0, 2 or -2. The list also has the largest count and a small one.
    @Test(
        "the byte size of a wide string is not computed in 32 bits",
        arguments: [0x8000_0000, 0x8000_0001, 0x7FFF_FFFF, 0xFFFF_FFFF, 3] as [UInt32]
    )
    func wstringCount(count: UInt32) {
        var datagram = Datagram()
        datagram.addUint32(count)
        datagram.padBytes(4)
        let error = WireError.outOfBounds(position: 4, wanted: Int(count) * 2, left: 4)
        var iterator = DatagramIterator(datagram)
        #expect(throws: error) { try iterator.getWstring() }
        #expect(throws: error) { try iterator.getWstringUnits() }
        #expect(iterator.getCurrentIndex() == 0)
    }

    @Test("a 32-bit count of 4 GiB throws")
    func count32() {
        let error = WireError.outOfBounds(position: 4, wanted: 0xFFFF_FFFF, left: 1)
        var iterator = DatagramIterator(Datagram([0xFF, 0xFF, 0xFF, 0xFF, 0x00]))
        #expect(throws: error) { try iterator.getString32() }
        #expect(throws: error) { try iterator.getBlob32() }
        #expect(iterator.getCurrentIndex() == 0)
    }

    @Test("a NUL-terminated string without its NUL throws at the end of the datagram")
    func zString() throws {
        var iterator = try DatagramIterator(Datagram([0x00, 0x61, 0x62]), offset: 1)
        #expect(throws: WireError.outOfBounds(position: 3, wanted: 1, left: 0)) { try iterator.getZString() }
        #expect(throws: WireError.outOfBounds(position: 3, wanted: 1, left: 0)) { try iterator.getZStringBytes() }
        #expect(iterator.getCurrentIndex() == 1)
    }
}
