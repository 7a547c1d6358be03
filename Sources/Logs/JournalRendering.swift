/// A record as the fields of a journal entry, `NAME=value` each. `journalctl CONNECTION_ID=17` finds them.
///
/// The message repeats the facts, because `journalctl --follow` shows only the message.
struct JournalRendering: LogRendering {
    /// `SYSLOG_IDENTIFIER`: the name before the message in `journalctl`.
    let identifier: String
    /// The `MESSAGE_ID` of each message that has one.
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
