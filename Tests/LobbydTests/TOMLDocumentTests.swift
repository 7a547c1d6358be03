import Testing

@testable import lobbyd

@Suite("TOML documents")
struct TOMLDocumentTests {
    @Test("entries come in the order of the text, with the position of each key and value")
    func order() throws {
        let entries = try TOMLDocument.parse("zeta = 1\n  'é'.b = 'x'\n[alpha]\n\"k k\" = [true,\n 2.5]\n")
        #expect(entries.map(\.key) == ["zeta", "é", "alpha"])
        #expect(entries.map(\.position) == [place(1, 1), place(2, 3), place(3, 2)])
        guard case .table(let alpha) = entries[2].value.content,
            case .array(let elements) = alpha[0].value.content
        else {
            Issue.record("not a table with an array")
            return
        }
        #expect(alpha[0].key == "k k")
        #expect(alpha[0].value.position == place(4, 9))
        #expect(elements.map(\.position) == [place(4, 10), place(5, 2)])
    }

    @Test(
        "each type of value is recognized",
        arguments: [
            ("a = {b = 1}", "a table"), ("a = [1]", "an array"), ("a = []", "an empty array"), ("a = 'é'", "\"é\""),
            ("a = 0x10", "16"), ("a = -9223372036854775808", "-9223372036854775808"), ("a = 1.5", "1.5"),
            ("a = -inf", "-inf"), ("a = true", "true"), ("a = 1979-05-27T07:32:00Z", "a date or time"),
            ("a = 07:32:00", "a date or time"), ("a = \"\"\"x\ny\"\"\"", "\"x\\u000Ay\""),
            ("a = \"\\u0000b\"", "\"\\u0000b\""),
        ]
    )
    func types(text: String, found: String) throws {
        #expect(try TOMLDocument.parse(text).map(\.value.found) == [found])
    }

    @Test("an extreme text gives an error or a result, and never a crash", arguments: extremes)
    func takenToItsLimits(input: BadInput) {
        var errors: [String] = []
        do {
            _ = try TOMLDocument.parse(input.text)
        } catch {
            errors = ["\(error.position.line):\(error.position.column): \(error.message)"]
        }
        #expect(errors == input.errors)
    }

    private func place(_ line: Int, _ column: Int) -> SourcePosition {
        SourcePosition(line: line, column: column)
    }

    private static let extremes: [BadInput] = [
        BadInput("[a\(".a".times(500_000))]", "1:33: syntax error: a key has too many dotted parts"),
        BadInput("a\(" . 'a'".times(16)) = 1", "1:93: syntax error: a key has too many dotted parts"),
        BadInput(
            "a = {x = \"\"\"\"\"\"\"\", b\(".a".times(16)) = 1}",
            "1:51: syntax error: a key has too many dotted parts"
        ),
        BadInput(
            "a = \("[".times(500_000))",
            "1:21: syntax error in value: exceeded maximum nested value depth of 16 (TOML_MAX_NESTED_VALUES)"
        ),
        BadInput(
            "[[[a]]]",
            "1:3: syntax error in key: expected bare key starting character or string delimiter, saw '['"
        ),
        BadInput("a = é", "1:5: syntax error in value: could not determine value type"),
        BadInput("a\(".a".times(15)) = 1 # \(".".times(99))"),
        BadInput("a = \"\(".".times(99))\""),
        BadInput("a = [\("1.5,".times(250_000))]"),
        BadInput(""),
    ]
}

extension String {
    fileprivate func times(_ count: Int) -> String {
        String(repeating: self, count: count)
    }
}
