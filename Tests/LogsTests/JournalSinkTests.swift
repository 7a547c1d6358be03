import Glibc
import Systemd
import Testing

@testable import Logs

@Suite("JournalSink")
struct JournalSinkTests {
    @Test("journald gets one iovec for each field, in order")
    func iovecs() {
        let sent = Monitor<[[String]]>([])
        let send = { @Sendable (fields: UnsafeBufferPointer<iovec>) -> CInt in
            let texts = fields.map { field in
                String(decoding: UnsafeRawBufferPointer(start: field.iov_base, count: field.iov_len), as: UTF8.self)
            }
            sent.change { $0.append(texts) }
            return 0
        }
        let isWritten = JournalSink(send: send, isReachable: { true }).write(
            JournalRendering(identifier: "lobbyd").render(
                .sample(metadata: ["connection_id": "17", "name": "a\nb", "reason": ""])
            )
        )
        #expect(isWritten)
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

    @Test(
        "an error, or a success without a journal, is reported as a loss",
        arguments: [(-ECONNREFUSED, true), (-ENOBUFS, true), (0, false)]
    )
    func lost(code: CInt, isReachable: Bool) {
        let sink = JournalSink(send: { _ in code }, isReachable: { isReachable })
        #expect(!sink.write(JournalRendering(identifier: "lobbyd").render(.sample())))
    }
}
