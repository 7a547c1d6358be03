/// Makes untrusted text, such as text from a peer, harmless to a log, a terminal and a line protocol.
///
/// | in | out |
/// |---|---|
/// | backslash | `\\`, so that a peer's text cannot look like an escape |
/// | newline, carriage return, tab | `\n` `\r` `\t` |
/// | any other control, format or line-separator character: NUL, ESC, C1, text direction, zero width | `\u{1B}` |
/// | any other character | itself |
package enum SafeText {
    /// The end of a text that was cut.
    static let mark = "…"

    /// Escapes `text`, in at most `bytesMax` bytes of UTF-8 including the mark of a cut. The result never ends inside
    /// an escape.
    package static func escaped(_ text: String, bytesMax: Int = .max) -> String {
        if text.utf8.count <= bytesMax && text.utf8.allSatisfy(self.isPlain) { return text }

        var escaped: [UInt8] = []
        var cutAt = 0
        for scalar in text.unicodeScalars {
            self.append(scalar, to: &escaped)
            if escaped.count > bytesMax {
                escaped.removeSubrange(cutAt...)
                escaped.append(contentsOf: self.mark.utf8)
                break
            }
            if escaped.count <= bytesMax - self.mark.utf8.count { cutAt = escaped.count }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\\": bytes.append(contentsOf: #"\\"#.utf8)
        case "\n": bytes.append(contentsOf: #"\n"#.utf8)
        case "\r": bytes.append(contentsOf: #"\r"#.utf8)
        case "\t": bytes.append(contentsOf: #"\t"#.utf8)
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                let code = String(scalar.value, radix: 16, uppercase: true)
                bytes.append(contentsOf: "\\u{\(code)}".utf8)
            default:
                bytes.append(contentsOf: Character(scalar).utf8)
            }
        }
    }
}
