import Testing

@testable import Systemd

@Suite("NotifyBacklog")
struct NotifyBacklogTests {
    private func takeAll(_ backlog: inout NotifyBacklog) -> [String] {
        var texts: [String] = []
        while let message = backlog.take() {
            texts.append(message.text)
            backlog.sent(hasArrived: true)
        }
        return texts
    }

    @Test("of a thousand unsent reloads only the last is sent, between the start and the stop")
    func reloads() {
        var backlog = NotifyBacklog()
        backlog.add(.ready, status: "up")
        for number in 1...1000 {
            backlog.add(.reloading(at: UInt64(number)), status: "reloading")
            backlog.add(.ready, status: "up \(number)")
        }
        backlog.add(.stopping, status: "draining")
        #expect(
            self.takeAll(&backlog) == [
                "READY=1\nSTATUS=up", "RELOADING=1\nMONOTONIC_USEC=1000\nSTATUS=reloading", "READY=1\nSTATUS=up 1000",
                "STOPPING=1\nSTATUS=draining",
            ]
        )
    }

    @Test("a reload whose start was sent is completed before the next one begins")
    func halfHeard() {
        var backlog = NotifyBacklog()
        backlog.add(.reloading(at: 1), status: "reloading")
        _ = backlog.take()
        backlog.add(.ready, status: "up")
        backlog.add(.reloading(at: 2), status: "reloading")
        backlog.sent(hasArrived: true)
        #expect(
            self.takeAll(&backlog) == [
                "READY=1\nSTATUS=up", "RELOADING=1\nMONOTONIC_USEC=2\nSTATUS=reloading",
            ]
        )
    }

    @Test("a state carries its status, and a newer message replaces a waiting one of its kind")
    func replaced() {
        var backlog = NotifyBacklog()
        backlog.add(status: "1 connection")
        backlog.add(.stopping, status: "draining 1")
        backlog.add(status: "draining 1")
        backlog.add(timeoutExtension: .seconds(5))
        backlog.add(timeoutExtension: .seconds(6))
        #expect(self.takeAll(&backlog) == ["STOPPING=1\nSTATUS=draining 1", "EXTEND_TIMEOUT_USEC=6000000"])
    }

    @Test("the backlog is empty only after its last message was sent")
    func sent() {
        var backlog = NotifyBacklog()
        #expect(backlog.isSent)
        backlog.addSignOfLife()
        #expect(!backlog.isSent)
        #expect(backlog.take() == .alive)
        #expect(!backlog.isSent)
        backlog.sent(hasArrived: true)
        #expect(backlog.isSent)
    }
}
