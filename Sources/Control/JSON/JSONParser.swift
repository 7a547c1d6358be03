/// Parses one JSON value (RFC 8259) strictly: UTF-8 only, no duplicate names in an object, no text after the value.
///
/// The input is untrusted. The parser reads each byte once, allocates in proportion to the input, and limits the
/// nesting to `depthMax`. The caller limits the length of the input.
public struct JSONParser {
    /// The limit on nested arrays and objects.
    public static let depthMax = 16

    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0

    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONError(offset: 0, reason: "not UTF-8") }
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.offset == bytes.count else { throw parser.failure("text after the end of the value") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        self.skipSpace()
        guard let next else { throw self.failure("expected a value, found the end of the text") }
        switch next {
        case UInt8(ascii: "{"): return .object(try self.members())
        case UInt8(ascii: "["): return .array(try self.elements())
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try self.number()
        case UInt8(ascii: "t"): return try self.word("true", .boolean(true))
        case UInt8(ascii: "f"): return try self.word("false", .boolean(false))
        case UInt8(ascii: "n"): return try self.word("null", .null)
        default: throw self.failure("not a JSON value")
        }
    }

    private mutating func members() throws(JSONError) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        try self.list("{", "}") { (parser: inout JSONParser) throws(JSONError) in
            parser.skipSpace()
            guard parser.next == UInt8(ascii: "\"") else { throw parser.failure("expected the name of a member") }
            let name = try parser.string()
            guard names.insert(name).inserted else { throw parser.failure("duplicate name of a member") }
            parser.skipSpace()
            guard parser.take(":") else { throw parser.failure("expected a colon after a name") }
            members.append(JSONValue.Member(name, try parser.value()))
        }
        return members
    }

    private mutating func elements() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        try self.list("[", "]") { (parser: inout JSONParser) throws(JSONError) in elements.append(try parser.value()) }
        return elements
    }

    private mutating func list(
        _ opening: Unicode.Scalar,
        _ closing: Unicode.Scalar,
        _ element: (inout JSONParser) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard self.depth < Self.depthMax else { throw self.failure("values nested more than \(Self.depthMax) deep") }
        self.depth += 1
        defer { self.depth -= 1 }
        _ = self.take(opening)
        self.skipSpace()
        if self.take(closing) { return }
        while true {
            try element(&self)
            self.skipSpace()
            if self.take(closing) { return }
            guard self.take(",") else { throw self.failure("expected a comma or \(closing)") }
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let letters = word.withUTF8Buffer(Array.init)
        guard self.bytes[self.offset...].starts(with: letters) else { throw self.failure("not a JSON value") }
        self.offset += letters.count
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = self.offset
        _ = self.take("-")
        // A number has no leading zeros.
        if !self.take("0") { try self.digits() }
        let isWhole = self.next != UInt8(ascii: ".") && self.next.map { $0 | 0x20 } != UInt8(ascii: "e")
        if self.take(".") { try self.digits() }
        if self.take("e") || self.take("E") {
            if !self.take("+") { _ = self.take("-") }
            try self.digits()
        }
        let text = String(decoding: self.bytes[start..<self.offset], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        if isWhole, let integer = UInt64(text) { return .unsigned(integer) }
        guard let number = Double(text), number.isFinite else { throw self.failure("number too large") }
        return .number(number)
    }

    private mutating func digits() throws(JSONError) {
        let start = self.offset
        while let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { self.offset += 1 }
        guard self.offset > start else { throw self.failure("expected a digit") }
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        _ = self.take("\"")
        var text: [UInt8] = []
        while let next {
            switch next {
            case UInt8(ascii: "\""):
                self.offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                self.offset += 1
                text += Character(try self.escape()).utf8
            case 0..<0x20: throw self.failure("control character in a string")
            default:
                self.offset += 1
                text.append(next)
            }
        }
        throw self.failure("string without a closing quote")
    }

    private static let plainEscapes: [(Unicode.Scalar, Unicode.Scalar)] = [
        ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{C}"), ("n", "\n"), ("r", "\r"), ("t", "\t"),
    ]

    /// Parses the characters after a backslash.
    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        for (letter, scalar) in Self.plainEscapes where self.take(letter) { return scalar }
        guard self.take("u") else { throw self.failure("unknown escape after a backslash") }
        let unit = try self.codeUnit()
        guard UTF16.isLeadSurrogate(unit) else {
            guard let scalar = Unicode.Scalar(unit) else { throw self.failure("unpaired surrogate") }
            return scalar
        }
        guard self.take("\\"), self.take("u") else { throw self.failure("unpaired surrogate") }
        let trail = try self.codeUnit()
        guard UTF16.isTrailSurrogate(trail) else { throw self.failure("unpaired surrogate") }
        return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let next, let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
                throw self.failure("expected a hexadecimal digit in an escape")
            }
            self.offset += 1
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}

// MARK: - Bytes

extension JSONParser {
    private var next: UInt8? { self.offset < self.bytes.count ? self.bytes[self.offset] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard self.next == UInt8(ascii: scalar) else { return false }
        self.offset += 1
        return true
    }

    private mutating func skipSpace() {
        while self.take(" ") || self.take("\t") || self.take("\n") || self.take("\r") {}
    }

    private func failure(_ reason: String) -> JSONError {
        JSONError(offset: self.offset, reason: reason)
    }
}
