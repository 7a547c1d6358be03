import HostileText
import Testing

@testable import Logs

@Suite("JournalFieldName")
struct JournalFieldNameTests {
    @Test(
        "a metadata key becomes a field name that journald accepts",
        arguments: [
            ("connection_id", "CONNECTION_ID"),
            ("connection.id", "CONNECTION_ID"),
            ("connection-id", "CONNECTION_ID"),
            ("CONNECTION_ID", "CONNECTION_ID"),
            ("bytesIn2", "BYTESIN2"),
            ("_private", "PRIVATE"),
            ("__cursor", "CURSOR"),
            ("_SYSTEMD_UNIT", "SYSTEMD_UNIT"),
            ("2nd", "FIELD_2ND"),
            ("_2nd", "FIELD_2ND"),
            ("", "FIELD_"),
            ("___", "FIELD_"),
            ("größe", "GR__E"),
            ("世界", "FIELD_"),
            ("a=b\nPRIORITY=0", "A_B_PRIORITY_0"),
            ("e\u{301}", "E_"),
            ("a\r\nb", "A__B"),
            ("message", "FIELD_MESSAGE"),
            ("PRIORITY", "FIELD_PRIORITY"),
            ("code.line", "FIELD_CODE_LINE"),
            ("logger", "FIELD_LOGGER"),
            ("message_id", "FIELD_MESSAGE_ID"),
            ("admin_uid", "ADMIN_UID"),
            ("admin_command", "ADMIN_COMMAND"),
            ("config_line", "CONFIG_LINE"),
        ]
    )
    func converts(key: String, name: String) {
        #expect(JournalFieldName(key).text == name)
    }

    @Test("a field name has at most 64 bytes", arguments: ["a", "1"])
    func cut(first: String) {
        let name = JournalFieldName(first + String(repeating: "b", count: 100)).text
        #expect(name.utf8.count == 64)
    }

    @Test("each hostile key becomes a legal field name", arguments: Attack.all)
    func legal(attack: Attack) {
        let key = attack.text
        let name = JournalFieldName(key).text
        #expect(name.wholeMatch(of: /[A-Z][A-Z0-9_]{0,63}/) != nil)
    }
}
