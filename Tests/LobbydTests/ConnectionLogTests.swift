import Engine
import Logging
import Testing

@testable import lobbyd

@Suite("ConnectionLog")
struct ConnectionLogTests {
    @Test("of a hundred simultaneous refusals, ten are logged, each with the peer and the reason")
    func refusals() {
        let keeper = LogKeeper()
        let log = ConnectionLog(log: Logger(label: "test") { _ in keeper })
        for port in 1...100 {
            log.connectionRefused(
                peer: NetAddress(host: "127.0.0.1", port: port),
                rendezvous: Rendezvous(name: "game"),
                reason: .connectionLimit
            )
        }
        let lines = keeper.lines.withLock { $0 }
        #expect(lines.count == 10)
        #expect(lines.map(\.message) == Array(repeating: "connection.refused", count: 10))
        #expect(lines.map(\.level) == Array(repeating: .warning, count: 10))
        #expect(
            lines[0].metadata == [
                "listener": "game", "reason": "connectionLimit", "peer_address": "127.0.0.1",
                "peer_port": .stringConvertible(1),
            ]
        )
    }

    @Test("events suppressed in a storm are reported once, after a second, even without further events")
    func suppressed() {
        let keeper = LogKeeper()
        let counts = DaemonCounts()
        let log = ConnectionLog(log: Logger(label: "test") { _ in keeper }, counts: counts)
        for _ in 1...100 {
            log.connectionRefused(peer: nil, rendezvous: Rendezvous(), reason: .connectionLimit)
            log.acceptFailed(rendezvous: Rendezvous(), errorCode: 24, isFatal: false)
        }
        keeper.lines.withLock { $0 = [] }
        log.reportSuppressed(at: .now)
        #expect(keeper.lines.withLock { $0.isEmpty })

        log.reportSuppressed(at: .now + .seconds(2))
        log.reportSuppressed(at: .now + .seconds(4))
        let lines = keeper.lines.withLock { $0 }
        #expect(lines.map(\.message) == ["log.suppressed", "log.suppressed"])
        let told = Dictionary(lines.map { ("\($0.metadata["event"] ?? "")", "\($0.metadata["suppressed"] ?? "")") }) {
            $1
        }
        #expect(told == ["connection.refused": "90", "listener.exhausted": "99"])
        #expect(counts.eventsSuppressed.load(ordering: .relaxed) == 189)
        #expect(counts.listenersExhausted.load(ordering: .relaxed) == 100)
    }

    @Test(
        "the metadata of a close is collected only if the close is logged",
        arguments: [
            (CloseReason.peerClosed, Logger.Level.notice, 0), (.peerClosed, .debug, 1),
            (.frameTimeout, .warning, 0), (.frameTimeout, .notice, 1),
        ]
    )
    func close(reason: CloseReason, level: Logger.Level, count: Int) {
        let keeper = LogKeeper(level: level)
        let log = ConnectionLog(log: Logger(label: "test") { _ in keeper })
        var collected = 0
        log.logClose(reason, kickReason: "a reason") {
            collected += 1
            return ["connection_id": "1"]
        }
        #expect(collected == count)
        #expect(keeper.lines.withLock { $0.count } == count)
    }

    @Test("a kicked connection is logged with the operator's reason")
    func kicked() {
        let keeper = LogKeeper()
        let log = ConnectionLog(log: Logger(label: "test") { _ in keeper })
        log.logClose(.kicked, kickReason: "cheats") { ["connection_id": "1"] }
        log.logClose(.kicked, kickReason: nil) { ["connection_id": "2"] }
        let lines = keeper.lines.withLock { $0.map(\.metadata) }
        #expect(lines == [["connection_id": "1", "reason": "cheats"], ["connection_id": "2"]])
    }
}
