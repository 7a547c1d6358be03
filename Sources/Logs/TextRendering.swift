/// A record as one line of text: `2026-01-31T14:05:09.000123+01:00 notice listener.bound listener=game port=9099`.
struct TextRendering: LogRendering {
    func render(_ record: LogRecord) -> RenderedRecord {
        var rendered = RenderedRecord(level: record.level)
        rendered.append(part: "\(record.time.local) \(record.level.rawValue) \(record.sentence)\n".utf8)
        return rendered
    }
}
