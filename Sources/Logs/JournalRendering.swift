/// A record as fields of a journal entry, `NAME=value` each, for `journalctl CONNECTION_ID=17` to find.
///
/// The facts stand in the message too: it is all that `journalctl --follow` shows.
struct JournalRendering: LogRendering {
    /// `SYSLOG_IDENTIFIER`: the name that stands before the message in `journalctl`.
    let identifier: String
    /// `MESSAGE_ID` of the messages that have one.
    var messageIDs: [String: String] = [:]

    func render(_ record: LogRecord) -> RenderedRecord {
        var entry = RenderedRecord(level: record.level)
        entry.append(part: "MESSAGE=\(record.sentence)".utf8)
        entry.append(part: "PRIORITY=\(record.level.journalPriority)".utf8)
        entry.append(part: "SYSLOG_IDENTIFIER=\(self.identifier)".utf8)
        entry.append(part: "LOGGER=\(record.logger)".utf8)
        entry.append(part: "CODE_FILE=\(record.file)".utf8)
        entry.append(part: "CODE_LINE=\(record.line)".utf8)
        entry.append(part: "CODE_FUNC=\(record.function)".utf8)
        if let id = self.messageIDs[record.message] { entry.append(part: "MESSAGE_ID=\(id)".utf8) }
        for field in record.fields {
            entry.append(part: "\(JournalFieldName(field.key).text)=\(field.value)".utf8)
        }
        return entry
    }
}
