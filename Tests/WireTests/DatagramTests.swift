import NIOCore
import Testing
import Wire

@Suite("Datagram")
struct DatagramTests {
    @Test("a new datagram is empty")
    func empty() {
        let datagram = Datagram()
        #expect(datagram.byteCount == 0)
        #expect(datagram.bytes == [])
        #expect(datagram.buffer.readableBytes == 0)
        #expect(!datagram.stdfloatDouble)
    }

    @Test("the bytes are the same by every name")
    func access() {
        let datagram = Datagram([1, 2, 3])
        #expect(datagram.byteCount == 3)
        #expect(datagram.getLength() == 3)
        #expect(datagram.bytes == [1, 2, 3])
        #expect(datagram.getMessage() == [1, 2, 3])
        #expect(datagram.buffer == ByteBuffer(bytes: [1, 2, 3]))
    }

    @Test("a write to a copy does not reach the original")
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

    @Test("a datagram of a buffer has its readable bytes, and writes do not reach the buffer")
    func fromBuffer() throws {
        var read = ByteBuffer(bytes: [0xEE, 1, 2, 3, 0xEE])
        read.moveReaderIndex(forwardBy: 1)
        let slice = read.readSlice(length: 3)
        let payload = try #require(slice)

        var datagram = Datagram(payload)
        #expect(datagram.bytes == [1, 2, 3])
        var iterator = try DatagramIterator(datagram, offset: 1)
        #expect(try iterator.getBeUint16() == 0x0203)

        datagram.addUint8(4)
        #expect(datagram.bytes == [1, 2, 3, 4])
        #expect(Array(read.readableBytesView) == [0xEE])

        datagram.clear()
        datagram.addUint8(5)
        #expect(datagram.bytes == [5])
    }

    @Test("a datagram of a partly read buffer begins at the reader index")
    func fromPartlyReadBuffer() throws {
        var buffer = ByteBuffer(bytes: [9, 9, 1, 2])
        buffer.moveReaderIndex(forwardBy: 2)
        var iterator = DatagramIterator(Datagram(buffer))
        #expect(iterator.getRemainingBytes() == [1, 2])
        #expect(try iterator.getUint16() == 0x0201)
    }

    @Test("datagrams are equal when their bytes are")
    func equality() {
        var double = Datagram([1, 2])
        double.stdfloatDouble = true
        #expect(double == Datagram([1, 2]))
        #expect(Datagram([1, 2]) != Datagram([1, 3]))
        #expect(Datagram([1, 2]) != Datagram([1, 2, 0]))
        #expect(Datagram() == Datagram([UInt8]()))
    }

    @Test("clearing keeps the width of standard floats, as Panda3D does")
    func clear() {
        var datagram = Datagram([1])
        datagram.stdfloatDouble = true
        datagram.clear()
        #expect(datagram.byteCount == 0)
        #expect(datagram.stdfloatDouble)
    }

    @Test("nothing appended and no padding leave a datagram as it is")
    func nothing() {
        var datagram = Datagram([7])
        datagram.padBytes(0)
        datagram.appendData([])
        #expect(datagram.bytes == [7])
    }

    @Test("the manual's message reads back")
    func manualMessage() throws {
        var message = Datagram()
        message.addUint8(1)
        message.addString("Hello, world!")
        #expect(message.bytes == [1, 13, 0] + Array("Hello, world!".utf8))

        var iterator = DatagramIterator(message)
        #expect(try iterator.getUint8() == 1)
        #expect(try iterator.getString() == "Hello, world!")
        #expect(iterator.getRemainingSize() == 0)
    }
}
