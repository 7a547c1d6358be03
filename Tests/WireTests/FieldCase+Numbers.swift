import Wire

/// Panda3D 1.10.16 wrote the bytes.
extension FieldCase {
    static let integers: [FieldCase] = [
        FieldCase("Bool", true, [0x01], add: { $0.addBool($1) }, get: { try $0.getBool() }),
        FieldCase("Bool", false, [0x00], add: { $0.addBool($1) }, get: { try $0.getBool() }),
        FieldCase("Int8", -128, [0x80], add: { $0.addInt8($1) }, get: { try $0.getInt8() }),
        FieldCase("Int8", -2, [0xFE], add: { $0.addInt8($1) }, get: { try $0.getInt8() }),
        FieldCase("Int8", 127, [0x7F], add: { $0.addInt8($1) }, get: { try $0.getInt8() }),
        FieldCase("Uint8", 254, [0xFE], add: { $0.addUint8($1) }, get: { try $0.getUint8() }),
        FieldCase("Int16", -2, [0xFE, 0xFF], add: { $0.addInt16($1) }, get: { try $0.getInt16() }),
        FieldCase("Int16", -0x7FFE, [0x02, 0x80], add: { $0.addInt16($1) }, get: { try $0.getInt16() }),
        FieldCase("Uint16", 0x1234, [0x34, 0x12], add: { $0.addUint16($1) }, get: { try $0.getUint16() }),
        FieldCase(
            "Int32",
            -0x1234_5678,
            [0x88, 0xA9, 0xCB, 0xED],
            add: { $0.addInt32($1) },
            get: { try $0.getInt32() }
        ),
        FieldCase(
            "Uint32",
            0x89AB_CDEF,
            [0xEF, 0xCD, 0xAB, 0x89],
            add: { $0.addUint32($1) },
            get: { try $0.getUint32() }
        ),
        FieldCase(
            "Int64",
            -0x1234_5678_9ABC_DEF0,
            [0x10, 0x21, 0x43, 0x65, 0x87, 0xA9, 0xCB, 0xED],
            add: { $0.addInt64($1) },
            get: { try $0.getInt64() }
        ),
        FieldCase(
            "Uint64",
            0x89AB_CDEF_0123_4567,
            [0x67, 0x45, 0x23, 0x01, 0xEF, 0xCD, 0xAB, 0x89],
            add: { $0.addUint64($1) },
            get: { try $0.getUint64() }
        ),
        FieldCase(
            "Channel",
            0x0102_0304_0506_0708,
            [0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01],
            add: { $0.addChannel($1) },
            get: { try $0.getChannel() }
        ),
    ]

    static let bigEndianIntegers: [FieldCase] = [
        FieldCase("BeInt16", -0x1234, [0xED, 0xCC], add: { $0.addBeInt16($1) }, get: { try $0.getBeInt16() }),
        FieldCase("BeUint16", 0x1234, [0x12, 0x34], add: { $0.addBeUint16($1) }, get: { try $0.getBeUint16() }),
        FieldCase(
            "BeInt32",
            -0x1234_5678,
            [0xED, 0xCB, 0xA9, 0x88],
            add: { $0.addBeInt32($1) },
            get: { try $0.getBeInt32() }
        ),
        FieldCase(
            "BeUint32",
            0x89AB_CDEF,
            [0x89, 0xAB, 0xCD, 0xEF],
            add: { $0.addBeUint32($1) },
            get: { try $0.getBeUint32() }
        ),
        FieldCase(
            "BeInt64",
            -0x1234_5678_9ABC_DEF0,
            [0xED, 0xCB, 0xA9, 0x87, 0x65, 0x43, 0x21, 0x10],
            add: { $0.addBeInt64($1) },
            get: { try $0.getBeInt64() }
        ),
        FieldCase(
            "BeUint64",
            0x89AB_CDEF_0123_4567,
            [0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67],
            add: { $0.addBeUint64($1) },
            get: { try $0.getBeUint64() }
        ),
    ]

    static let floats: [FieldCase] = [
        FieldCase(
            "Float32",
            -0.1,
            [0xCD, 0xCC, 0xCC, 0xBD],
            add: { $0.addFloat32($1) },
            get: { try $0.getFloat32() }
        ),
        FieldCase(
            "Float32",
            .infinity,
            [0x00, 0x00, 0x80, 0x7F],
            add: { $0.addFloat32($1) },
            get: { try $0.getFloat32() }
        ),
        FieldCase(
            "Float64",
            -0.1,
            [0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0xBF],
            add: { $0.addFloat64($1) },
            get: { try $0.getFloat64() }
        ),
        FieldCase(
            "Stdfloat",
            1.5,
            [0x00, 0x00, 0xC0, 0x3F],
            add: { $0.addStdfloat($1) },
            get: { try $0.getStdfloat() }
        ),
        FieldCase(
            "BeFloat32",
            -0.1,
            [0xBD, 0xCC, 0xCC, 0xCD],
            add: { $0.addBeFloat32($1) },
            get: { try $0.getBeFloat32() }
        ),
        FieldCase(
            "BeFloat64",
            -0.1,
            [0xBF, 0xB9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A],
            add: { $0.addBeFloat64($1) },
            get: { try $0.getBeFloat64() }
        ),
    ]
}
