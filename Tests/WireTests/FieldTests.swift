import Testing
import Wire

@Suite("Fields of a datagram")
struct FieldTests {
    static let fields =
        FieldCase.integers + FieldCase.bigEndianIntegers + FieldCase.floats + FieldCase.strings + FieldCase.blobs

    /// The bytes around the field.
    static let before: [UInt8] = [0xAA, 0x00, 0xBB]
    static let after: [UInt8] = [0x00, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0xCC]

    @Test("an add method appends exactly the bytes that Panda3D appends", arguments: Self.fields)
    func add(field: FieldCase) throws {
        var datagram = Datagram(Self.before)
        try field.add(&datagram)
        #expect(datagram.bytes == Self.before + field.bytes)
    }

    @Test("a get method reads the value back and stops after it", arguments: Self.fields)
    func get(field: FieldCase) throws {
        let datagram = Datagram(Self.before + field.bytes + Self.after)
        var iterator = try DatagramIterator(datagram, offset: Self.before.count)
        try field.expectValue(&iterator)
        #expect(iterator.getCurrentIndex() == Self.before.count + field.bytes.count)
        #expect(iterator.getRemainingBytes() == Self.after)
    }

    @Test(
        "a truncated field throws the wanted and the available byte count, and keeps the index",
        arguments: Self.fields
    )
    func getTruncated(field: FieldCase) throws {
        for start in [0, Self.before.count] {
            for left in field.bytes.indices {
                let datagram = Datagram(Self.before.prefix(start) + field.bytes.prefix(left))
                var iterator = try DatagramIterator(datagram, offset: start)
                #expect(throws: field.error(left: left, start: start)) { try field.get(&iterator) }
                #expect(iterator.getCurrentIndex() == start)
            }
        }
    }

    @Test("a bool is true for each byte except 0", arguments: [1, 2, 0x80, 0xFF] as [UInt8])
    func bool(byte: UInt8) throws {
        var iterator = DatagramIterator(Datagram([byte]))
        #expect(try iterator.getBool())
    }

    @Test("a standard float takes 64 bits if stdfloatDouble is set")
    func stdfloatDouble() throws {
        var datagram = Datagram()
        datagram.stdfloatDouble = true
        datagram.addStdfloat(-0.1)
        #expect(datagram.bytes == [0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0xBF])

        var iterator = DatagramIterator(datagram)
        #expect(try iterator.getStdfloat() == -0.1)
        #expect(iterator.getRemainingSize() == 0)
    }

    @Test("a standard float too large for 32 bits becomes infinity")
    func stdfloatOverflow() {
        var datagram = Datagram()
        datagram.addStdfloat(1e300)
        #expect(datagram.bytes == [0x00, 0x00, 0x80, 0x7F])
    }

    @Test("a signalling NaN keeps its bits")
    func signallingNaN() throws {
        var datagram = Datagram()
        datagram.addFloat32(Float(bitPattern: 0x7F80_0001))
        datagram.addFloat64(Double(bitPattern: 0x7FF0_0000_0000_0001))

        var iterator = DatagramIterator(datagram)
        #expect(try iterator.getFloat32().bitPattern == 0x7F80_0001)
        #expect(try iterator.getFloat64().bitPattern == 0x7FF0_0000_0000_0001)
    }

    @Test("a server header is the count 1, two channels and a code")
    func serverHeader() {
        var datagram = Datagram()
        datagram.addServerHeader(channel: 100, sender: 200, code: 2001)
        let channels: [UInt8] = [100, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0]
        #expect(datagram.bytes == [0x01] + channels + [0xD1, 0x07])
    }
}
