import Control
import Logging
import Testing

@testable import lobbyd

@Suite("AdminLog")
struct AdminLogTests {
    private let keeper = LogKeeper()
    private let counts = DaemonCounts()
    private let log: AdminLog

    init() {
        let keeper = self.keeper
        self.log = AdminLog(log: Logger(label: "test") { _ in keeper }, counts: self.counts)
    }

    private var lines: [(level: Logger.Level, message: String, metadata: Logger.Metadata)] {
        self.keeper.lines.withLock { $0 }
    }

    @Test("a thousand commands of one user are logged ten times, and do not suppress another user's")
    func flood() {
        for id in 1...1000 { self.log.record(.kick(id: UInt64(id), reason: "spam"), by: 7) }
        #expect(self.lines.map(\.message) == Array(repeating: "admin.command", count: 10))
        #expect(
            self.lines[0].metadata == [
                "admin_uid": .stringConvertible(UInt32(7)), "admin_command": "kick",
                "connection_id": .stringConvertible(UInt64(1)), "reason": "spam",
            ]
        )
        self.log.record(.drain, by: 7)
        self.log.record(.kick(id: 1, reason: ""), by: 8)
        #expect(self.lines.count == 12)
    }

    @Test("suppressed commands are reported once, with the command and the user")
    func suppressed() {
        for _ in 1...1000 { self.log.record(.reload, by: 7) }
        self.log.reportSuppressed(at: .now + .seconds(2))
        self.log.reportSuppressed(at: .now + .seconds(4))
        #expect(self.lines.count == 11)
        #expect(self.counts.eventsSuppressed.load(ordering: .relaxed) == 990)
        #expect(
            self.lines.last?.metadata == [
                "event": "admin.command", "admin_uid": .stringConvertible(UInt32(7)), "admin_command": "reload",
                "suppressed": .stringConvertible(990),
            ]
        )
    }
}
