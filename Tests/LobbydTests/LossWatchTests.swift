import Engine
import Testing

@testable import lobbyd

@Suite("LossWatch")
struct LossWatchTests {
    private let start = ContinuousClock.now
    private var watch = LossWatch()

    private mutating func look(_ counts: [String: Int], at seconds: Double) -> [String: UInt64] {
        let counters = counts.map { Counter($0.key, $0.value) }
        let news = self.watch.look(counters, at: self.start + .seconds(seconds))
        return Dictionary(uniqueKeysWithValues: news.map { ($0.name, $0.count) })
    }

    @Test("constant counters are not reported")
    mutating func rest() {
        #expect(self.look(["a": 0, "b": 0], at: 0) == [:])
        #expect(self.look(["a": 5, "b": 0], at: 1) == ["a": 5])
        #expect(self.look(["a": 5, "b": 0], at: 100) == [:])
    }

    @Test("the first growth is reported at once, further growth every ten seconds, and each loss once")
    mutating func interval() {
        #expect(self.look(["a": 3], at: 1) == ["a": 3])
        #expect(self.look(["a": 10], at: 2) == [:])
        #expect(self.look(["a": 11], at: 10.9) == [:])
        #expect(self.look(["a": 12], at: 11) == ["a": 9])
        #expect(self.look(["a": 13], at: 12) == [:])
        // The last losses of a storm are reported even without further ones.
        #expect(self.look(["a": 13], at: 21) == ["a": 1])
        #expect(self.look(["a": 13], at: 40) == [:])
    }

    @Test("a storm of one counter hides no other counter")
    mutating func several() {
        #expect(self.look(["a": 1, "b": 0], at: 1) == ["a": 1])
        #expect(self.look(["a": 2, "b": 7], at: 2) == ["b": 7])
        #expect(self.look(["a": 2, "b": 9], at: 12) == ["a": 1, "b": 2])
    }

    @Test("each limit has its name in the configuration, and each UDP fault its name in lobbyctl stats")
    func names() {
        var losses = DatagramLosses()
        losses.limits = [.pendingBytes: 1, .datagramsPerSecond: 2]
        (losses.udp.withheld, losses.udp.unsent, losses.udp.oversized) = (3, 4, 5)
        (losses.udp.runts, losses.udp.checksumFailures, losses.udp.unanswerable) = (6, 7, 8)
        losses.udp.reopened = 9
        let told = losses.counters.filter { $0.value > 0 }.map { "\($0.name) \($0.value)" }
        #expect(
            Set(told) == [
                "pending_bytes 1", "datagrams_per_second 2", "udp_withheld 3", "udp_unsent 4", "udp_oversized 5",
                "udp_runts 6", "udp_checksum_failures 7", "udp_unanswerable 8",
            ]
        )
    }
}
