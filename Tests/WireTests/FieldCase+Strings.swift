import Wire

/// Panda3D 1.10.16 wrote the bytes. Its `addWstring` got the character beyond U+FFFF as two surrogates. Panda3D's
/// Python cannot write NUL-terminated strings of arbitrary bytes, so those rows follow `datagram.I`.
extension FieldCase {
    static let strings: [FieldCase] = [
        .string("", [0x00, 0x00], parts: [2]),
        .string("Hello", [0x05, 0x00, 0x48, 0x65, 0x6C, 0x6C, 0x6F], parts: [2, 5]),
        .string("Zoë", [0x04, 0x00, 0x5A, 0x6F, 0xC3, 0xAB], parts: [2, 4]),
        .string("a\0b", [0x03, 0x00, 0x61, 0x00, 0x62], parts: [2, 3]),
        .string("😀", [0x04, 0x00, 0xF0, 0x9F, 0x98, 0x80], parts: [2, 4]),
        .string32("", [0x00, 0x00, 0x00, 0x00], parts: [4]),
        .string32("Zoë", [0x04, 0x00, 0x00, 0x00, 0x5A, 0x6F, 0xC3, 0xAB], parts: [4, 4]),
        .string32("a\0b", [0x03, 0x00, 0x00, 0x00, 0x61, 0x00, 0x62], parts: [4, 3]),
        .zString("", [0x00]),
        .zString("Zoë", [0x5A, 0x6F, 0xC3, 0xAB, 0x00]),
        .fixedString("Zoë", [0x5A, 0x6F, 0xC3, 0xAB, 0x00, 0x00, 0x00, 0x00]),
        .fixedString("abc", [0x61, 0x62, 0x63]),
        .fixedString("", []),
        .wstring("", [0x00, 0x00, 0x00, 0x00], parts: [4]),
        .wstring("Zoë", [0x03, 0x00, 0x00, 0x00, 0x5A, 0x00, 0x6F, 0x00, 0xEB, 0x00], parts: [4, 6]),
        .wstring("a\0b", [0x03, 0x00, 0x00, 0x00, 0x61, 0x00, 0x00, 0x00, 0x62, 0x00], parts: [4, 6]),
        .wstring("😀", [0x02, 0x00, 0x00, 0x00, 0x3D, 0xD8, 0x00, 0xDE], parts: [4, 4]),
    ]

    static let blobs: [FieldCase] = [
        FieldCase(
            "Blob",
            [0x00, 0xFF, 0x80],
            [0x03, 0x00, 0x00, 0xFF, 0x80],
            parts: [2, 3],
            add: { try $0.addBlob($1) },
            get: { try $0.getBlob() }
        ),
        FieldCase(
            "Blob32",
            [0x00, 0xFF, 0x80],
            [0x03, 0x00, 0x00, 0x00, 0x00, 0xFF, 0x80],
            parts: [4, 3],
            add: { $0.addBlob32($1) },
            get: { try $0.getBlob32() }
        ),
        FieldCase(
            "ZString of bytes",
            [0xFF, 0xFE],
            [0xFF, 0xFE, 0x00],
            parts: [1, 1, 1],
            add: { $0.addZString($1) },
            get: { try $0.getZStringBytes() }
        ),
        FieldCase(
            "FixedString of bytes",
            [0xFF, 0xFE],
            [0xFF, 0xFE, 0x00, 0x00],
            add: { $0.addFixedString($1, byteCount: 4) },
            get: { try $0.getFixedStringBytes(byteCount: 4) }
        ),
        FieldCase(
            "Wstring of units",
            [0xD83D, 0x0041] as [UInt16],
            [0x02, 0x00, 0x00, 0x00, 0x3D, 0xD8, 0x41, 0x00],
            parts: [4, 4],
            add: { $0.addWstring($1) },
            get: { try $0.getWstringUnits() }
        ),
        FieldCase(
            "data",
            [0x01, 0x00, 0x02],
            [0x01, 0x00, 0x02],
            add: { $0.appendData($1) },
            get: { try $0.extractBytes(3) }
        ),
        FieldCase(
            "padding",
            [0x00, 0x00, 0x00],
            [0x00, 0x00, 0x00],
            add: { $0.padBytes($1.count) },
            get: { try $0.extractBytes(3) }
        ),
    ]

    private static func string(_ text: String, _ bytes: [UInt8], parts: [Int]) -> FieldCase {
        FieldCase(
            "String",
            text,
            bytes,
            parts: parts,
            add: { try $0.addString($1) },
            get: { try $0.getString() }
        )
    }

    private static func string32(_ text: String, _ bytes: [UInt8], parts: [Int]) -> FieldCase {
        FieldCase(
            "String32",
            text,
            bytes,
            parts: parts,
            add: { $0.addString32($1) },
            get: { try $0.getString32() }
        )
    }

    private static func zString(_ text: String, _ bytes: [UInt8]) -> FieldCase {
        // A reader checks byte by byte until it finds the NUL.
        let parts = bytes.map { _ in 1 }
        return FieldCase(
            "ZString",
            text,
            bytes,
            parts: parts,
            add: { $0.addZString($1) },
            get: { try $0.getZString() }
        )
    }

    private static func fixedString(_ text: String, _ bytes: [UInt8]) -> FieldCase {
        FieldCase(
            "FixedString",
            text,
            bytes,
            add: { $0.addFixedString($1, byteCount: bytes.count) },
            get: { try $0.getFixedString(byteCount: bytes.count) }
        )
    }

    private static func wstring(_ text: String, _ bytes: [UInt8], parts: [Int]) -> FieldCase {
        FieldCase(
            "Wstring",
            text,
            bytes,
            parts: parts,
            add: { $0.addWstring($1) },
            get: { try $0.getWstring() }
        )
    }
}
