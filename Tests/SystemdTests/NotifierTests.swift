import Glibc
import Synchronization
import Testing

@testable import Systemd

@Suite("Notifier")
struct NotifierTests {
    private final class Manager: Sendable {
        let heard = Monitor<[String]>([])
        let result = Atomic<CInt>(1)

        var messages: [String] { self.heard.change { $0 } }

        var notifier: Notifier {
            Notifier { message in
                self.heard.change { $0.append(message.text) }
                return self.result.load(ordering: .relaxed)
            }
        }
    }

    private let manager = Manager()

    @Test("each moment of a service's life is told with its status")
    func life() {
        let notifier = self.manager.notifier
        notifier.status("reading /etc/lobbyd/lobbyd.toml")
        notifier.ready(status: "0 connections on 2 listeners")
        notifier.reloading(status: "reloading", at: 7)
        notifier.ready(status: "0 connections on 1 listener")
        notifier.stopping(status: "draining 5")
        notifier.extendTimeout(by: .seconds(2))
        notifier.failed(status: "lobbyd.toml:3:8 unknown key", errno: EINVAL)
        #expect(
            self.manager.messages == [
                "STATUS=reading /etc/lobbyd/lobbyd.toml",
                "READY=1\nSTATUS=0 connections on 2 listeners",
                "RELOADING=1\nMONOTONIC_USEC=7\nSTATUS=reloading",
                "READY=1\nSTATUS=0 connections on 1 listener",
                "STOPPING=1\nSTATUS=draining 5",
                "EXTEND_TIMEOUT_USEC=2000000",
                "ERRNO=22\nSTATUS=lobbyd.toml:3:8 unknown key",
            ]
        )
    }

    @Test("a status is sent only when it changed, whichever message brought the last one")
    func unchanged() {
        let notifier = self.manager.notifier
        notifier.ready(status: "0 connections")
        notifier.status("0 connections")
        notifier.status("1 connection")
        notifier.status("1 connection")
        notifier.status("0 connections")
        #expect(
            self.manager.messages == ["READY=1\nSTATUS=0 connections", "STATUS=1 connection", "STATUS=0 connections"]
        )
    }

    @Test("a status that could not be sent is tried again")
    func retried() {
        let notifier = self.manager.notifier
        self.manager.result.store(-ECONNREFUSED, ordering: .relaxed)
        notifier.ready(status: "0 connections")
        notifier.status("0 connections")
        self.manager.result.store(1, ordering: .relaxed)
        notifier.status("0 connections")
        notifier.status("0 connections")
        #expect(
            self.manager.messages == ["READY=1\nSTATUS=0 connections", "STATUS=0 connections", "STATUS=0 connections"]
        )
    }
}
