/// A record as a JSON object (RFC 8259) on one line: `timestamp`, `level`, `logger`, `message`, then each field under
/// its key.
struct JSONRendering: LogRendering {
    /// A field with one of these keys is written as `metadata.level` and so on.
    private static let reserved: Set<String> = ["timestamp", "level", "logger", "message"]

    func render(_ record: LogRecord) -> RenderedRecord {
        var line = "{\"timestamp\":\"\(record.time.utc)\",\"level\":\"\(record.level.rawValue)\""
        line += ",\"logger\":\(Self.string(record.logger)),\"message\":\(Self.string(record.message))"
        for field in record.fields {
            let key = Self.reserved.contains(field.key) ? "metadata." + field.key : field.key
            line += ",\(Self.string(key)):\(field.isNumber ? field.value : Self.string(field.value))"
        }
        line += "}\n"
        var rendered = RenderedRecord(level: record.level)
        rendered.append(part: line.utf8)
        return rendered
    }

    /// The text as a JSON string with its quotes.
    static func string(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += #"\""#
            case "\\": json += #"\\"#
            case "\u{0}"..<" ":
                let code = String(scalar.value, radix: 16)
                json += #"\u00"# + (code.utf8.count == 1 ? "0" : "") + code
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
