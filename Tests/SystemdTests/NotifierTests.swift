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

    /// Runs the calls one after the other, and flushes after each.
    private func tell(_ calls: ((Notifier) -> Void)...) {
        let notifier = self.manager.notifier
        for call in calls {
            call(notifier)
            #expect(notifier.flush(within: .seconds(10)))
        }
    }

    @Test("without a thread, the caller sends the message")
    func noThread() {
        let heard = Monitor<[String]>([])
        let send = { @Sendable (message: NotifyMessage) -> CInt in
            heard.change { $0.append(message.text) }
            return 1
        }
        let notifier = Notifier(startThread: { _ in EAGAIN }, send: send)
        notifier.status("loading")
        #expect(heard.change { $0 } == ["STATUS=loading"])
        notifier.failed(status: "too few threads", errno: EAGAIN)
        #expect(heard.change { $0 } == ["STATUS=loading", "ERRNO=11\nSTATUS=too few threads"])
        #expect(notifier.flush(within: .zero))
    }

    @Test("each state of the service is sent with its status")
    func life() {
        self.tell(
            { $0.status("reading /etc/lobbyd/lobbyd.toml") },
            { $0.ready(status: "0 connections on 2 listeners") },
            { $0.reloading(status: "reloading", at: 7) },
            { $0.ready(status: "0 connections on 1 listener") },
            { $0.stopping(status: "draining 5") },
            { $0.extendTimeout(by: .seconds(2)) },
            { $0.failed(status: "lobbyd.toml:3:8 unknown key", errno: EINVAL) }
        )
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

    @Test("a status is sent only if it differs from the last one sent")
    func unchanged() {
        self.tell(
            { $0.ready(status: "0 connections") },
            { $0.status("0 connections") },
            { $0.status("1 connection") },
            { $0.status("1 connection") },
            { $0.status("0 connections") }
        )
        #expect(
            self.manager.messages == ["READY=1\nSTATUS=0 connections", "STATUS=1 connection", "STATUS=0 connections"]
        )
    }

    @Test("a status that could not be sent is retried")
    func retried() {
        self.manager.result.store(-ECONNREFUSED, ordering: .relaxed)
        self.tell(
            { $0.ready(status: "0 connections") },
            { $0.status("0 connections") },
            { notifier in
                self.manager.result.store(1, ordering: .relaxed)
                notifier.status("0 connections")
            },
            { $0.status("0 connections") }
        )
        #expect(
            self.manager.messages == ["READY=1\nSTATUS=0 connections", "STATUS=0 connections", "STATUS=0 connections"]
        )
    }

    @Test("a stuck service manager blocks no caller, and gets the newest messages later")
    func stuck() {
        let sending = Monitor(false)
        let isReading = Monitor(false)
        let heard = Monitor<[String]>([])
        let notifier = Notifier { message in
            sending.change { $0 = true }
            _ = isReading.wait { $0 ? true : nil }
            heard.change { $0.append(message.text) }
            return 1
        }
        notifier.status("opening")
        #expect(sending.wait(within: .seconds(10)) { $0 })
        notifier.ready(status: "0 connections")
        for number in 1...1000 {
            notifier.alive()
            notifier.status("\(number) connections")
        }
        #expect(!notifier.flush(within: .milliseconds(10)))
        #expect(heard.change { $0 }.isEmpty)
        isReading.change { $0 = true }
        #expect(notifier.flush(within: .seconds(10)))
        #expect(
            heard.change { $0 } == [
                "STATUS=opening", "READY=1\nSTATUS=0 connections", "WATCHDOG=1", "STATUS=1000 connections",
            ]
        )
    }
}
