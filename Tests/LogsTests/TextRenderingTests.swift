import HostileText
import Logging
import Testing

@testable import Logs

@Suite("TextRendering")
struct TextRenderingTests {
    private func line(_ record: LogRecord) -> String {
        String(decoding: TextRendering().render(record).bytes, as: UTF8.self)
    }

    @Test("a record is one line of time with zone, level, message and metadata")
    func line() {
        #expect(
            self.line(.sample(metadata: ["port": .stringConvertible(9099), "listener": "game"]))
                == "2026-01-31T14:05:09.000123+01:00 notice listener.bound listener=game port=9099\n"
        )
        #expect(
            self.line(.sample("ready", level: .critical)) == "2026-01-31T14:05:09.000123+01:00 critical ready\n"
        )
    }

    @Test(
        "a value that could be read as several is quoted",
        arguments: [
            ("[::1]:9099", "[::1]:9099"),
            ("", #""""#),
            ("two words", #""two words""#),
            ("a=b", #""a=b""#),
            (#"say "hi""#, #""say \"hi\"""#),
            (#"back\slash"#, #"back\\slash"#),
            (#"\""#, #""\\\"""#),
            ("a\nb", #"a\nb"#),
            ("no\u{A0}break", "\"no\u{A0}break\""),
        ]
    )
    func quotes(value: String, written: String) {
        #expect(self.line(.sample(metadata: ["name": .string(value)])).hasSuffix(" listener.bound name=\(written)\n"))
    }

    @Test("a key is quoted like a value")
    func key() {
        #expect(self.line(.sample(metadata: ["two words": "x"])).hasSuffix(#" "two words"=x"# + "\n"))
    }

    @Test("text from a peer begins no line, value or escape sequence", arguments: Attack.all)
    func attacked(attack: Attack) {
        let text = attack.text
        let rendered = TextRendering().render(.sample(text, metadata: ["name": .string(text)]))
        #expect(rendered.bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(rendered.bytes.last == UInt8(ascii: "\n"))
        #expect(rendered.parts.count == 1)

        let facts = self.line(.sample("m", metadata: ["name": .string(text)])).dropFirst(
            "2026-01-31T14:05:09.000123+01:00 notice m".count
        )
        let one = /\ name=([^\s="]+|"([^"\\]|\\.)*")\n/
        #expect(String(facts).wholeMatch(of: one) != nil)
    }
}
