import Testing
import Wire

@Suite("DatagramIterator")
struct DatagramIteratorTests {
    let datagram = Datagram([1, 2, 3, 4, 5])

    @Test("a start offset may be anywhere in the datagram or at its end", arguments: 0...5)
    func offset(_ offset: Int) throws {
        let iterator = try DatagramIterator(self.datagram, offset: offset)
        #expect(iterator.getCurrentIndex() == offset)
        #expect(iterator.getRemainingSize() == 5 - offset)
        #expect(iterator.getRemainingBytes() == Array([1, 2, 3, 4, 5].dropFirst(offset)))
    }

    @Test("a start offset outside the datagram throws", arguments: [-1, 6, .min, .max])
    func offsetOutside(_ offset: Int) {
        #expect(throws: WireError.outOfBounds(position: 0, wanted: offset, left: 5)) {
            try DatagramIterator(self.datagram, offset: offset)
        }
    }

    @Test("skipping and extracting advance by exactly the requested bytes")
    func skipAndExtract() throws {
        var iterator = DatagramIterator(self.datagram)
        try iterator.skipBytes(2)
        #expect(iterator.getCurrentIndex() == 2)
        #expect(try iterator.extractBytes(2) == [3, 4])
        #expect(iterator.getCurrentIndex() == 4)
        try iterator.skipBytes(0)
        #expect(try iterator.extractBytes(0) == [])
        #expect(iterator.getCurrentIndex() == 4)
        try iterator.skipBytes(1)
        #expect(iterator.getRemainingSize() == 0)
        #expect(iterator.getRemainingBytes() == [])
    }

    @Test("a byte count that is negative or too large throws", arguments: [-1, 5, .min, .max])
    func byteCountOutside(byteCount: Int) throws {
        var iterator = try DatagramIterator(self.datagram, offset: 1)
        let error = WireError.outOfBounds(position: 1, wanted: byteCount, left: 4)
        #expect(throws: error) { try iterator.skipBytes(byteCount) }
        #expect(throws: error) { try iterator.extractBytes(byteCount) }
        #expect(throws: error) { try iterator.getFixedString(byteCount: byteCount) }
        #expect(throws: error) { try iterator.getFixedStringBytes(byteCount: byteCount) }
        #expect(iterator.getCurrentIndex() == 1)
    }

    @Test("peeking returns the next field without advancing")
    func peek() throws {
        let iterator = try DatagramIterator(Datagram([0x00, 0xFE, 0x80]), offset: 1)
        #expect(try iterator.peekUint8() == 0xFE)
        #expect(try iterator.peekUint16() == 0x80FE)
        #expect(try iterator.peekInt16() == -0x7F02)
        #expect(iterator.getCurrentIndex() == 1)
    }

    @Test("peeking past the end throws", arguments: 0...1)
    func peekPastTheEnd(left: Int) throws {
        let iterator = try DatagramIterator(self.datagram, offset: 5 - left)
        let error = WireError.outOfBounds(position: 5 - left, wanted: 2, left: left)
        #expect(throws: error) { try iterator.peekUint16() }
        #expect(throws: error) { try iterator.peekInt16() }
    }

    @Test("peeking at the end throws")
    func peekAtTheEnd() throws {
        let iterator = try DatagramIterator(self.datagram, offset: 5)
        #expect(throws: WireError.outOfBounds(position: 5, wanted: 1, left: 0)) { try iterator.peekUint8() }
    }

    @Test("a read succeeds after a failed read")
    func afterFailure() throws {
        var iterator = DatagramIterator(self.datagram)
        #expect(throws: WireError.self) { try iterator.getUint64() }
        #expect(try iterator.getUint32() == 0x0403_0201)
        #expect(throws: WireError.self) { try iterator.getUint16() }
        #expect(try iterator.getUint8() == 5)
    }

    @Test("a later change to a datagram does not affect its iterator")
    func snapshot() throws {
        var datagram = Datagram([1])
        var iterator = DatagramIterator(datagram)
        datagram.addUint8(2)
        #expect(iterator.datagram.bytes == [1])
        #expect(try iterator.getUint8() == 1)
        #expect(throws: WireError.outOfBounds(position: 1, wanted: 1, left: 0)) { try iterator.getUint8() }
    }
}
