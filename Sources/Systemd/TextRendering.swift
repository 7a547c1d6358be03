/// A record as one line for a person: `2026-01-31T14:05:09.000123+01:00 notice listener.bound listener=game port=9099`.
struct TextRendering: LogRendering {
    func render(_ record: LogRecord) -> RenderedRecord {
        var line = "\(record.time.local) \(record.level.rawValue) \(record.message)"
        for field in record.fields {
            line += " \(Self.quoted(field.key))=\(Self.quoted(field.value))"
        }
        line += "\n"
        var rendered = RenderedRecord(level: record.level)
        rendered.append(part: line.utf8)
        return rendered
    }

    /// `text`, in quotes where without them it could be read as more than one value. Safe text escapes its backslashes, so that
    /// `\"` can only be a quote of its own.
    private static func quoted(_ text: String) -> String {
        if !text.isEmpty && text.utf8.allSatisfy(self.standsAlone) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    private static func standsAlone(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
    }
}
