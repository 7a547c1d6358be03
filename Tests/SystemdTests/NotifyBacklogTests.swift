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

    @Test("of a thousand reloads that nobody heard of the last is told, after the start and before the stop")
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

    @Test("a reload that the manager has heard of is ended before the next one begins")
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

    @Test("a moment brings its status, and takes the place of one that waits")
    func replaced() {
        var backlog = NotifyBacklog()
        backlog.add(status: "1 connection")
        backlog.add(.stopping, status: "draining 1")
        backlog.add(status: "draining 1")
        backlog.add(timeoutExtension: .seconds(5))
        backlog.add(timeoutExtension: .seconds(6))
        #expect(self.takeAll(&backlog) == ["STOPPING=1\nSTATUS=draining 1", "EXTEND_TIMEOUT_USEC=6000000"])
    }

    @Test("it is sent once the last message was, not when that was taken")
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
