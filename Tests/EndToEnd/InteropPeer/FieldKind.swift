import PandaNet

/// The tag in front of a field. The numbers are those of `KINDS` in the Python half of the test, from 0 on.
enum FieldKind: UInt8 {
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64
    case beInt16, beInt32, beInt64, beUint16, beUint32, beUint64
    case float32, float64, stdfloat, beFloat32, beFloat64
    case string, string32, zString, wstring
    /// A first byte gives the length of the field. A text that fills the field is written with a suffix, which must be
    /// cut off.
    case fixedString
    case blob, blob32
    /// A first byte gives the number of bytes that follow.
    case data, padding
    case channel, serverHeader

    /// Returns a datagram of the same values. Each value is read and written again.
    ///
    /// | bytes | field |
    /// |---|---|
    /// | bool | whether a stdfloat has 64 bits |
    /// | u8, then its value | the tag of a field, until the end |
    static func rewritten(_ received: Datagram) throws -> Datagram {
        var received = received
        var flag = DatagramIterator(received)
        received.stdfloatDouble = try flag.getBool()
        var written = Datagram()
        written.stdfloatDouble = received.stdfloatDouble
        written.addBool(received.stdfloatDouble)
        var fields = DatagramIterator(received)
        try fields.skipBytes(1)
        while fields.getRemainingSize() > 0 {
            let tag = try fields.getUint8()
            guard let kind = FieldKind(rawValue: tag) else { throw Failure("no field has the tag \(tag)") }
            written.addUint8(tag)
            try kind.copy(from: &fields, to: &written)
        }
        return written
    }

    private func copy(from fields: inout DatagramIterator, to written: inout Datagram) throws {
        switch self {
        case .bool: written.addBool(try fields.getBool())
        case .int8: written.addInt8(try fields.getInt8())
        case .int16: written.addInt16(try fields.getInt16())
        case .int32: written.addInt32(try fields.getInt32())
        case .int64: written.addInt64(try fields.getInt64())
        case .uint8: written.addUint8(try fields.getUint8())
        case .uint16: written.addUint16(try fields.getUint16())
        case .uint32: written.addUint32(try fields.getUint32())
        case .uint64: written.addUint64(try fields.getUint64())
        case .beInt16: written.addBeInt16(try fields.getBeInt16())
        case .beInt32: written.addBeInt32(try fields.getBeInt32())
        case .beInt64: written.addBeInt64(try fields.getBeInt64())
        case .beUint16: written.addBeUint16(try fields.getBeUint16())
        case .beUint32: written.addBeUint32(try fields.getBeUint32())
        case .beUint64: written.addBeUint64(try fields.getBeUint64())
        case .float32: written.addFloat32(try fields.getFloat32())
        case .float64: written.addFloat64(try fields.getFloat64())
        case .stdfloat: written.addStdfloat(try fields.getStdfloat())
        case .beFloat32: written.addBeFloat32(try fields.getBeFloat32())
        case .beFloat64: written.addBeFloat64(try fields.getBeFloat64())
        case .string: try written.addString(try fields.getString())
        case .string32: written.addString32(try fields.getString32())
        case .zString: written.addZString(try fields.getZString())
        case .wstring: written.addWstring(try fields.getWstring())
        case .fixedString:
            let byteCount = Int(try fields.getUint8())
            written.addUint8(UInt8(byteCount))
            let text = try fields.getFixedString(byteCount: byteCount)
            written.addFixedString(text.utf8.count == byteCount ? text + "cut off" : text, byteCount: byteCount)
        case .blob: try written.addBlob(try fields.getBlob())
        case .blob32: written.addBlob32(try fields.getBlob32())
        case .data:
            let byteCount = try fields.getUint8()
            written.addUint8(byteCount)
            written.appendData(try fields.extractBytes(Int(byteCount)))
        case .padding:
            let byteCount = try fields.getUint8()
            written.addUint8(byteCount)
            try fields.skipBytes(Int(byteCount))
            written.padBytes(Int(byteCount))
        case .channel: written.addChannel(try fields.getChannel())
        case .serverHeader:
            guard try fields.getInt8() == 1 else { throw Failure("a server header for other than one channel") }
            let channel = try fields.getChannel()
            let sender = try fields.getChannel()
            written.addServerHeader(channel: channel, sender: sender, code: try fields.getUint16())
        }
    }
}
