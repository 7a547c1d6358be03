import Glibc
import Testing

@testable import Systemd

@Suite("JournalSink")
struct JournalSinkTests {
    @Test("journald gets an iovec for each field, in order")
    func iovecs() {
        let sent = Monitor<[[String]]>([])
        let sink = JournalSink { fields in
            let texts = fields.map { field in
                String(decoding: UnsafeRawBufferPointer(start: field.iov_base, count: field.iov_len), as: UTF8.self)
            }
            sent.change { $0.append(texts) }
        }
        sink.write(
            JournalRendering(identifier: "lobbyd").render(
                .sample(metadata: ["connection_id": "17", "name": "a\nb", "reason": ""])
            )
        )
        #expect(
            sent.change { $0 } == [
                [
                    "MESSAGE=listener.bound connection_id=17 name=a\\nb reason=\"\"", "PRIORITY=5",
                    "SYSLOG_IDENTIFIER=lobbyd", "LOGGER=lobbyd",
                    "CODE_FILE=PandaNet/ConnectionListener.swift", "CODE_LINE=42", "CODE_FUNC=bind()",
                    "CONNECTION_ID=17", #"NAME=a\nb"#, "REASON=",
                ]
            ]
        )
    }
}
