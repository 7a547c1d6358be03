import Control
import PandaNet
import Testing

@testable import lobbyd

@Suite("Counters that lobbyctl stats shows")
struct CounterTests {
    /// Every count that is one number.
    private var counts: ConnectionCounts {
        var counts = ConnectionCounts()
        (counts.open, counts.opened, counts.cut) = (1, 2, 3)
        (counts.limitReached, counts.listenersReopened, counts.pendingBytes) = (4, 5, 6)
        counts.traffic.datagramsUnsent = 7
        for (index, reason) in RefusalReason.allCases.enumerated() { counts.refused[reason] = 10 + index }
        for (index, reason) in CloseReason.allCases.enumerated() { counts.ended[reason] = 20 + index }
        for (index, limit) in ConnectionLimit.allCases.enumerated() { counts.exceeded[limit] = 40 + index }
        return counts
    }

    @Test("each reason for an end or a refusal, each limit and each state has a counter")
    func every() {
        let values = self.counts.members.compactMap { member in
            if case .integer(let value) = member.value, value != 0 { value } else { nil }
        }
        let (refusals, ends) = (10..<10 + RefusalReason.allCases.count, 20..<20 + CloseReason.allCases.count)
        let limits = 40..<40 + ConnectionLimit.allCases.count
        #expect(values.sorted() == Array(1...7) + Array(refusals) + Array(ends) + Array(limits))
    }

    @Test("counters are called as in shutdown.finished, and none twice")
    func names() {
        let names = self.counts.members.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(
            Set(names).isSuperset(of: [
                "refused_connection_limit", "ended_peer_closed", "ended_io_error", "exceeded_pending_age",
                "limit_reached", "listeners_reopened", "pending_bytes", "datagrams_unsent",
            ])
        )
    }
}
