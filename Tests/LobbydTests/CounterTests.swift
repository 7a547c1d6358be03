import Control
import Engine
import Testing

@testable import lobbyd

@Suite("Counters of lobbyctl stats")
struct CounterTests {
    /// Counts in which each number is different.
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

    @Test("each close reason, refusal reason, limit and state has a counter")
    func every() {
        let values = self.counts.counters.map(\.value).filter { $0 != 0 }
        let (refusals, ends) = (10..<10 + RefusalReason.allCases.count, 20..<20 + CloseReason.allCases.count)
        let limits = 40..<40 + ConnectionLimit.allCases.count
        #expect(values.sorted() == (Array(1...7) + Array(refusals) + Array(ends) + Array(limits)).map(UInt64.init))
    }

    @Test("each field of the UDP counts and of the traffic has a counter")
    func fields() {
        let counters = ConnectionCounts().counters
        for (prefix, value) in [("udp", UDPCounts() as Any), ("", Traffic())] {
            let names = Mirror(reflecting: value).children.compactMap(\.label)
            #expect(names.count >= 7)
            for name in names {
                let counter = prefix.isEmpty ? name.wordsUnderscored : "\(prefix)_\(name.wordsUnderscored)"
                #expect(counters.contains { $0.name == counter }, "\(counter)")
            }
        }
    }

    @Test("each count of the daemon has its own counter")
    func daemon() {
        let counts = DaemonCounts { 2 }
        counts.listenersExhausted.store(1, ordering: .relaxed)
        counts.eventsSuppressed.store(3, ordering: .relaxed)
        counts.control.open.store(4, ordering: .relaxed)
        counts.control.refused.store(5, ordering: .relaxed)
        counts.control.requests.store(6, ordering: .relaxed)
        counts.control.errors.store(7, ordering: .relaxed)
        #expect(counts.counters.map(\.value) == [1, 2, 3, 4, 5, 6, 7])
    }

    @Test("counter names are unique")
    func names() {
        let names = (self.counts.counters + DaemonCounts().counters).map(\.name)
        #expect(Set(names).count == names.count)
        #expect(
            Set(names).isSuperset(of: [
                "refused_connection_limit", "ended_peer_closed", "ended_io_error", "exceeded_pending_age",
                "limit_reached", "listeners_reopened", "listeners_exhausted", "pending_bytes", "datagrams_unsent",
                "log_dropped", "log_suppressed", "control_refused",
            ])
        )
    }
}
