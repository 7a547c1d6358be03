import HostileText
import Testing

@testable import Systemd

@Suite("SafeText")
struct SafeTextTests {
    @Test(
        "control and format characters are escaped, and all other text stays",
        arguments: [
            ("", ""),
            ("plain text = \"quoted\"", "plain text = \"quoted\""),
            ("Grüße, 世界 🎮", "Grüße, 世界 🎮"),
            ("a\nb\rc\td", #"a\nb\rc\td"#),
            (#"a\nb"#, #"a\\nb"#),
            ("\u{0}\u{1B}[31m\u{7F}", #"\u{0}\u{1B}[31m\u{7F}"#),
            ("\u{9B}31m\u{85}", #"\u{9B}31m\u{85}"#),
            ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#),
            ("\u{202E}\u{200B}\u{FEFF}", #"\u{202E}\u{200B}\u{FEFF}"#),
            ("\r\n", #"\r\n"#),
        ]
    )
    func escapes(text: String, expected: String) {
        #expect(SafeText.escaped(text) == expected)
    }

    @Test("only printable text within the byte limit remains of each hostile text", arguments: Attack.all)
    func attacked(attack: Attack) {
        let text = attack.text
        let safe = SafeText.escaped(text, bytesMax: 256)
        #expect(safe.utf8.count <= 256)
        #expect(
            safe.unicodeScalars.allSatisfy {
                ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            }
        )
    }

    @Test(
        "a text over the limit is cut with a mark, between characters and escapes",
        arguments: [
            ("12345678", "12345678"),
            ("123456789", "12345…"),
            ("1234\n78", #"1234\n78"#),
            ("1234\n789", "1234…"),
            ("12345\n8", #"12345\n8"#),
            ("12345\n89", "12345…"),
            ("123\n6789", #"123\n…"#),
            ("1234é78", "1234é78"),
            ("1234é789", "1234…"),
            ("🎮🎮", "🎮🎮"),
            ("🎮🎮!", "🎮…"),
            ("\u{1B}\u{1B}", "…"),
            ("123456…", "12345…"),
        ]
    )
    func cuts(text: String, expected: String) {
        #expect(SafeText.escaped(text, bytesMax: 8) == expected)
    }
}
