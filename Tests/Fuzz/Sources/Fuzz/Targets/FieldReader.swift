import Wire

/// A read method of `DatagramIterator`, and the write method that restores the bytes.
struct FieldReader: Sendable {
    let name: String
    /// `false` if different bytes read as the same value, or if no write method restores the bytes.
    var writesTheSame = true
    let run: @Sendable (inout DatagramIterator, _ argument: Int, inout Datagram) throws -> Void

    static let all = Self.numbers + Self.counted + Self.texts + Self.others

    private static let numbers = [
        Self(name: "Bool", writesTheSame: false) { $2.addBool(try $0.getBool()) },
        Self(name: "Int8") { $2.addInt8(try $0.getInt8()) },
        Self(name: "Int16") { $2.addInt16(try $0.getInt16()) },
        Self(name: "Int32") { $2.addInt32(try $0.getInt32()) },
        Self(name: "Int64") { $2.addInt64(try $0.getInt64()) },
        Self(name: "Uint8") { $2.addUint8(try $0.getUint8()) },
        Self(name: "Uint16") { $2.addUint16(try $0.getUint16()) },
        Self(name: "Uint32") { $2.addUint32(try $0.getUint32()) },
        Self(name: "Uint64") { $2.addUint64(try $0.getUint64()) },
        Self(name: "BeInt16") { $2.addBeInt16(try $0.getBeInt16()) },
        Self(name: "BeInt32") { $2.addBeInt32(try $0.getBeInt32()) },
        Self(name: "BeInt64") { $2.addBeInt64(try $0.getBeInt64()) },
        Self(name: "BeUint16") { $2.addBeUint16(try $0.getBeUint16()) },
        Self(name: "BeUint32") { $2.addBeUint32(try $0.getBeUint32()) },
        Self(name: "BeUint64") { $2.addBeUint64(try $0.getBeUint64()) },
        Self(name: "Float32") { $2.addFloat32(try $0.getFloat32()) },
        Self(name: "Float64") { $2.addFloat64(try $0.getFloat64()) },
        Self(name: "BeFloat32") { $2.addBeFloat32(try $0.getBeFloat32()) },
        Self(name: "BeFloat64") { $2.addBeFloat64(try $0.getBeFloat64()) },
        Self(name: "Channel") { $2.addChannel(try $0.getChannel()) },
        Self(name: "Stdfloat", writesTheSame: false) { $2.addStdfloat(try $0.getStdfloat()) },
    ]

    private static let counted = [
        Self(name: "Blob") { try $2.addBlob(try $0.getBlob()) },
        Self(name: "Blob32") { $2.addBlob32(try $0.getBlob32()) },
        Self(name: "WstringUnits") { $2.addWstring(try $0.getWstringUnits()) },
        Self(name: "ZStringBytes") { $2.addZString(try $0.getZStringBytes()) },
        Self(name: "extractBytes") { $2.appendData(try $0.extractBytes($1)) },
        // The bytes after the first NUL are lost.
        Self(name: "FixedStringBytes", writesTheSame: false) {
            $2.addFixedString(try $0.getFixedStringBytes(byteCount: $1), byteCount: $1)
        },
    ]

    private static let texts = [
        Self(name: "String") { try $2.addString(try $0.getString()) },
        Self(name: "String32") { $2.addString32(try $0.getString32()) },
        Self(name: "ZString") { $2.addZString(try $0.getZString()) },
        Self(name: "Wstring") { $2.addWstring(try $0.getWstring()) },
        Self(name: "FixedString", writesTheSame: false) {
            $2.addFixedString(try $0.getFixedString(byteCount: $1), byteCount: $1)
        },
    ]

    private static let others = [
        Self(name: "skipBytes", writesTheSame: false) { iterator, argument, _ in try iterator.skipBytes(argument) },
        Self(name: "init(offset:)", writesTheSame: false) { iterator, argument, _ in
            _ = try DatagramIterator(iterator.datagram, offset: argument)
        },
        Self(name: "peekUint8") { iterator, _, _ in _ = try iterator.peekUint8() },
        Self(name: "peekUint16") { iterator, _, _ in _ = try iterator.peekUint16() },
        Self(name: "peekInt16") { iterator, _, _ in _ = try iterator.peekInt16() },
        Self(name: "getRemainingBytes") { iterator, _, _ in
            let rest = iterator.getRemainingBytes()
            expect(rest.count == iterator.getRemainingSize(), "the rest has \(iterator.getRemainingSize()) bytes")
        },
    ]
}
