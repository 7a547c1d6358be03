import Glibc
import HostileText
import Testing

@testable import Systemd

@Suite("NotifyMessage")
struct NotifyMessageTests {
    @Test(
        "a message has one assignment per line",
        arguments: [
            (NotifyMessage.ready, "READY=1"),
            (.stopping, "STOPPING=1"),
            (.reloading(at: 12_345_678), "RELOADING=1\nMONOTONIC_USEC=12345678"),
            (.status("340 connections on 2 listeners"), "STATUS=340 connections on 2 listeners"),
            (.status(""), "STATUS="),
            (.errno(EINVAL), "ERRNO=22"),
            (.extendTimeout(by: .seconds(5)), "EXTEND_TIMEOUT_USEC=5000000"),
            (.extendTimeout(by: .milliseconds(1500)), "EXTEND_TIMEOUT_USEC=1500000"),
            (.ready + .status("up"), "READY=1\nSTATUS=up"),
        ]
    )
    func text(message: NotifyMessage, text: String) {
        #expect(message.text == text)
    }

    @Test("a status cannot add an assignment, and the message stays within systemd's size limit", arguments: Attack.all)
    func attacked(attack: Attack) {
        let status = attack.text
        let message = NotifyMessage.ready + .status("a\nMAINPID=1\n\(status)")
        #expect(message.text.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        #expect(message.text.utf8.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") })
        #expect(message.text.utf8.count < 4096)
    }
}
