import Testing
import Wire

@Suite("Datagram")
struct DatagramTests {
    @Test("a new datagram is empty")
    func empty() {
        let datagram = Datagram()
        #expect(datagram.byteCount == 0)
        #expect(datagram.bytes == [])
        #expect(!datagram.stdfloatDouble)
    }

    @Test("all accessors return the same bytes")
    func access() {
        let datagram = Datagram([1, 2, 3])
        #expect(datagram.byteCount == 3)
        #expect(datagram.getLength() == 3)
        #expect(datagram.bytes == [1, 2, 3])
        #expect(datagram.getMessage() == [1, 2, 3])
        #expect(datagram.withUnsafeBytes { Array($0) } == [1, 2, 3])
    }

    @Test("a write to a copy does not change the original")
    func copyOnWrite() {
        let original = Datagram([1, 2])
        var copy = original
        copy.addUint8(3)
        #expect(original.bytes == [1, 2])
        #expect(copy.bytes == [1, 2, 3])

        copy.clear()
        #expect(original.bytes == [1, 2])
        #expect(copy.bytes == [])
    }

    @Test("a datagram that shares an array copies no bytes, counts from 0 and leaves the array unchanged")
    func sharing() throws {
        let array: [UInt8] = [0xEE, 1, 2, 3, 0, 0xEE]
        var datagram = Datagram(sharing: array, range: 1..<5)
        let start = array.withUnsafeBytes { $0.baseAddress }
        #expect(datagram.withUnsafeBytes { $0.baseAddress } == start.map { $0 + 1 })
        #expect(datagram.byteCount == 4)
        #expect(datagram.bytes == [1, 2, 3, 0])
        #expect(datagram == Datagram([1, 2, 3, 0]))

        var iterator = try DatagramIterator(datagram, offset: 1)
        #expect(try iterator.peekUint16() == 0x0302)
        #expect(try iterator.getZStringBytes() == [2, 3])
        #expect(iterator.getRemainingSize() == 0)
        #expect(throws: WireError.outOfBounds(position: 4, wanted: 1, left: 0)) { try iterator.getUint8() }

        datagram.addUint8(4)
        #expect(datagram.bytes == [1, 2, 3, 0, 4])
        #expect(array == [0xEE, 1, 2, 3, 0, 0xEE])

        datagram.clear()
        datagram.addUint8(5)
        #expect(datagram.bytes == [5])
    }

    @Test("datagrams that share an array can be changed independently")
    func sharingOneArray() {
        let array: [UInt8] = [1, 2, 3, 4]
        var first = Datagram(sharing: array, range: 0..<2)
        var second = Datagram(sharing: array, range: 2..<4)
        first.addUint8(9)
        #expect(first.bytes == [1, 2, 9])
        #expect(second.bytes == [3, 4])
        second.clear()
        #expect(second.bytes == [])
        #expect(first.bytes == [1, 2, 9])
    }

    @Test("a datagram with sole ownership of an array can be changed and cleared")
    func sharingAlone() {
        var datagram = Datagram(sharing: Array(0..<100), range: 10..<12)
        datagram.addBeUint16(0x0102)
        #expect(datagram.bytes == [10, 11, 1, 2])

        datagram = Datagram(sharing: Array(0..<100), range: 10..<12)
        datagram.clear()
        #expect(datagram.bytes == [])
        datagram.addUint8(7)
        #expect(datagram.bytes == [7])
    }

    @Test("a range outside the shared array traps", arguments: [-1..<0, 0..<4, 4..<4])
    func sharingOutside(range: Range<Int>) async {
        await #expect(processExitsWith: .failure) { [range] in
            _ = Datagram(sharing: [1, 2, 3], range: range)
        }
    }

    @Test("an empty range of an array is an empty datagram", arguments: [0..<0, 1..<1, 3..<3])
    func sharingNothing(range: Range<Int>) throws {
        var datagram = Datagram(sharing: [1, 2, 3], range: range)
        #expect(datagram == Datagram())
        #expect(DatagramIterator(datagram).getRemainingBytes() == [])
        datagram.addUint8(9)
        #expect(datagram.bytes == [9])
    }

    @Test("an error thrown inside withUnsafeBytes reaches the caller")
    func throwingAccess() {
        let error = WireError.notUTF8(position: 0)
        #expect(throws: error) { try Datagram([1]).withUnsafeBytes { _ throws(WireError) in throw error } }
    }

    @Test("datagrams with equal bytes are equal")
    func equality() {
        var double = Datagram([1, 2])
        double.stdfloatDouble = true
        #expect(double == Datagram([1, 2]))
        #expect(Datagram([1, 2]) != Datagram([1, 3]))
        #expect(Datagram([1, 2]) != Datagram([1, 2, 0]))
        #expect(Datagram() == Datagram([UInt8]()))
    }

    @Test("clearing keeps the width of standard floats, as in Panda3D")
    func clear() {
        var datagram = Datagram([1])
        datagram.stdfloatDouble = true
        datagram.clear()
        #expect(datagram.byteCount == 0)
        #expect(datagram.stdfloatDouble)
    }

    @Test("appending no bytes and padding by 0 leave a datagram unchanged")
    func nothing() {
        var datagram = Datagram([7])
        datagram.padBytes(0)
        datagram.appendData([])
        #expect(datagram.bytes == [7])
    }

    @Test("the message of the manual reads back")
    func manualMessage() throws {
        var message = Datagram()
        message.addUint8(1)
        try message.addString("Hello, world!")
        #expect(message.bytes == [1, 13, 0] + Array("Hello, world!".utf8))

        var iterator = DatagramIterator(message)
        #expect(try iterator.getUint8() == 1)
        #expect(try iterator.getString() == "Hello, world!")
        #expect(iterator.getRemainingSize() == 0)
    }
}
