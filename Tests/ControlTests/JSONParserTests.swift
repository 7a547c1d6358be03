import SeededRandom
import Testing

@testable import Control

@Suite("JSON")
struct JSONParserTests {
    @Test(
        "valid JSON gives the matching value",
        arguments: [
            ("null", .null), (" true ", true), ("[false]", .array([false])), ("0", 0), ("-0", 0), ("-12", -12),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .unsigned(1 << 63)),
            ("18446744073709551615", .unsigned(.max)), ("18446744073709551616", .number(18_446_744_073_709_551_616)),
            ("1.5", .number(1.5)), ("1e3", .number(1000)), ("-2E-1", .number(-0.2)), ("\"\"", ""), ("[]", .array([])),
            ("{}", [:]), (#"{"a": [1, {"b": null}] }"#, ["a": .array([1, ["b": .null]])]),
            (#""a\"\\\/\b\f\n\r\té\u00e9\uD83D\ude00""#, "a\"\\/\u{8}\u{C}\n\r\té\u{E9}\u{1F600}"),
        ] as [(String, JSONValue)]
    )
    func valid(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
    }

    @Test(
        "invalid JSON is an error",
        arguments: [
            "", " ", "nul", "nulll", "True", "01", "-", "1.", ".5", "1e", "+1", "1e999", "0x1", "\"", "\"\\\"",
            "\"\\x\"",
            "\"\\u12\"", "\"\\uD800\"", "\"\\uD800\\u0041\"", "\"\\uDC00\"", "\"\u{1}\"", "\"a\nb\"", "[", "[1", "[1,",
            "[1,]",
            "[,1]", "[1 2]", "]", "{", "{a:1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{1:2}",
            "1 1",
            "{}{}", "'a'", "// a\n1", "NaN", "Infinity", "[1]]",
        ]
    )
    func malformed(text: String) {
        #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test("bytes that are not UTF-8 are an error", arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x80]])
    func invalidText(bytes: [UInt8]) {
        #expect(throws: JSONError(offset: 0, reason: "not UTF-8")) { try JSONParser.parse(bytes) }
    }

    @Test("the nesting depth has a limit")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        _ = try JSONParser.parse(nested(JSONParser.depthMax))
        #expect(throws: JSONError.self) { try JSONParser.parse(nested(JSONParser.depthMax + 1)) }
        #expect(throws: JSONError.self) { try JSONParser.parse(Array(repeating: UInt8(ascii: "["), count: 60_000)) }
    }

    @Test("an error names the byte offset")
    func offset() {
        #expect { try JSONParser.parse(Array("[1, x]".utf8)) } throws: { "\($0)" == "not a JSON value at byte 5" }
    }

    @Test("written JSON reads back unchanged, and is one line without control characters")
    func roundTrip() throws {
        let scalars = (0...0x2FF).compactMap(Unicode.Scalar.init).map(Character.init)
        let value: JSONValue = [
            "text": .string(String(scalars)),
            "numbers": .array([0, -1, .integer(.min), .integer(.max), .unsigned(.max), .number(0.1)]),
            "rest": .array([.null, true, false, [:], .array([])]), "\n\"": "",
        ]
        let text = value.description
        #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
    }

    @Test("random bytes give an error or a value that reads back unchanged", arguments: [UInt64(1), 2])
    func anyBytes(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let alphabet = Array(#"{}[]",:\u0aDd8-+.eE1 tfn"#.utf8)
        for _ in 0..<10_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator)!
            }
            guard let value = try? JSONParser.parse(bytes) else { continue }
            #expect((try? JSONParser.parse(Array(value.description.utf8))) == value, "\(bytes)")
        }
    }
}
