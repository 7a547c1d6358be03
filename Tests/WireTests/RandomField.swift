import SeededRandom
import Wire

/// A kind of field with random values.
struct RandomField: Sendable {
    /// Reads a field and returns whether it holds the written value.
    typealias Check = (inout DatagramIterator) throws -> Bool

    /// Appends a random value.
    let add: @Sendable (inout Datagram, inout SplitMix64) throws -> Check
    /// Reads such a field from any bytes.
    let get: @Sendable (inout DatagramIterator) throws -> Void

    init<Value: Equatable & Sendable>(
        _ value: @escaping @Sendable (inout SplitMix64) -> Value,
        add: @escaping @Sendable (inout Datagram, Value) throws -> Void,
        get: @escaping @Sendable (inout DatagramIterator) throws -> Value
    ) {
        self.add = { datagram, generator in
            let value = value(&generator)
            try add(&datagram, value)
            return { try get(&$0) == value }
        }
        self.get = { _ = try get(&$0) }
    }
}

extension RandomField {
    static let all: [RandomField] = numbers + strings

    private static let numbers: [RandomField] = [
        RandomField({ Bool.random(using: &$0) }, add: { $0.addBool($1) }, get: { try $0.getBool() }),
        RandomField(integer, add: { $0.addInt8($1) }, get: { try $0.getInt8() }),
        RandomField(integer, add: { $0.addInt16($1) }, get: { try $0.getInt16() }),
        RandomField(integer, add: { $0.addInt32($1) }, get: { try $0.getInt32() }),
        RandomField(integer, add: { $0.addInt64($1) }, get: { try $0.getInt64() }),
        RandomField(integer, add: { $0.addUint8($1) }, get: { try $0.getUint8() }),
        RandomField(integer, add: { $0.addUint16($1) }, get: { try $0.getUint16() }),
        RandomField(integer, add: { $0.addUint32($1) }, get: { try $0.getUint32() }),
        RandomField(integer, add: { $0.addUint64($1) }, get: { try $0.getUint64() }),
        RandomField(integer, add: { $0.addBeInt16($1) }, get: { try $0.getBeInt16() }),
        RandomField(integer, add: { $0.addBeInt32($1) }, get: { try $0.getBeInt32() }),
        RandomField(integer, add: { $0.addBeInt64($1) }, get: { try $0.getBeInt64() }),
        RandomField(integer, add: { $0.addBeUint16($1) }, get: { try $0.getBeUint16() }),
        RandomField(integer, add: { $0.addBeUint32($1) }, get: { try $0.getBeUint32() }),
        RandomField(integer, add: { $0.addBeUint64($1) }, get: { try $0.getBeUint64() }),
        RandomField(integer, add: { $0.addChannel($1) }, get: { try $0.getChannel() }),
        // Floats may be NaNs, which equal no value, so their bits are compared.
        RandomField(
            integer,
            add: { $0.addFloat32(Float(bitPattern: $1)) },
            get: { try $0.getFloat32().bitPattern }
        ),
        RandomField(
            integer,
            add: { $0.addFloat64(Double(bitPattern: $1)) },
            get: { try $0.getFloat64().bitPattern }
        ),
        RandomField(
            integer,
            add: { $0.addBeFloat32(Float(bitPattern: $1)) },
            get: { try $0.getBeFloat32().bitPattern }
        ),
        RandomField(
            integer,
            add: { $0.addBeFloat64(Double(bitPattern: $1)) },
            get: { try $0.getBeFloat64().bitPattern }
        ),
        RandomField(
            { Double(Float.random(in: -1e6...1e6, using: &$0)) },
            add: { $0.addStdfloat($1) },
            get: { try $0.getStdfloat() }
        ),
    ]

    private static let strings: [RandomField] = [
        RandomField(text, add: { try $0.addString($1) }, get: { try $0.getString() }),
        RandomField(text, add: { $0.addString32($1) }, get: { try $0.getString32() }),
        RandomField(text, add: { $0.addZString($1) }, get: { try $0.getZString() }),
        RandomField(text, add: { $0.addWstring($1) }, get: { try $0.getWstring() }),
        RandomField(
            text,
            add: { $0.addFixedString($1, byteCount: 120) },
            get: { try $0.getFixedString(byteCount: 120) }
        ),
        RandomField(
            { $0.bytes(count: 8).map { $0 | 1 } },
            add: { $0.addFixedString($1, byteCount: 9) },
            get: { try $0.getFixedStringBytes(byteCount: 9) }
        ),
        RandomField(
            { $0.bytes(count: 8).map { $0 | 1 } },
            add: { $0.addZString($1) },
            get: { try $0.getZStringBytes() }
        ),
        RandomField(
            { $0.bytes(count: 8).map { UInt16($0) << 8 } },
            add: { $0.addWstring($1) },
            get: { try $0.getWstringUnits() }
        ),
        RandomField({ $0.bytes(count: 9) }, add: { try $0.addBlob($1) }, get: { try $0.getBlob() }),
        RandomField({ $0.bytes(count: 9) }, add: { $0.addBlob32($1) }, get: { try $0.getBlob32() }),
        RandomField({ $0.bytes(count: 9) }, add: { $0.appendData($1) }, get: { try $0.extractBytes(9) }),
        RandomField({ _ in [0, 0] }, add: { $0.padBytes($1.count) }, get: { try $0.extractBytes(2) }),
    ]

    @Sendable
    private static func integer<Value: FixedWidthInteger>(_ generator: inout SplitMix64) -> Value {
        Value.random(in: Value.min...Value.max, using: &generator)
    }

    /// A text of at most 30 characters of at most four bytes each.
    @Sendable
    private static func text(_ generator: inout SplitMix64) -> String {
        generator.text(characterCount: Int.random(in: 0...30, using: &generator))
    }
}
