import Testing

@testable import Bench

struct LatenciesTests {
    @Test("quantiles cover all recorded latencies, to three digits")
    func quantiles() throws {
        var latencies = Latencies(since: 0)
        for count in UInt64(1)...1000 {
            latencies.record(sentAt: 7, receivedAt: 7 + count * 1_000_000)
        }
        let summary = try #require(latencies.summary())
        for (value, expected) in [
            (summary.p50, 500.0), (summary.p90, 900), (summary.p99, 990), (summary.p999, 999), (summary.max, 1000),
        ] {
            #expect(abs(Double(value) / 1e6 - expected) <= expected / 1000)
        }
    }

    @Test("equal latencies in a row are all counted")
    func repeated() throws {
        var latencies = Latencies(since: 0)
        for _ in 0..<99 { latencies.record(sentAt: 0, receivedAt: 1000) }
        latencies.record(sentAt: 0, receivedAt: 500_000)
        let summary = try #require(latencies.summary())
        #expect(summary.p90 == 1000)
        #expect(summary.max >= 500_000)
    }

    @Test("the warm-up is left out, even if its datagrams arrive later")
    func warmUp() {
        var latencies = Latencies(since: 100)
        latencies.record(sentAt: 99, receivedAt: 200)
        #expect(latencies.summary() == nil)
        latencies.record(sentAt: 100, receivedAt: 200)
        #expect(latencies.summary()?.max == 100)
    }

    @Test("a latency over the longest trackable one counts as the longest")
    func longest() throws {
        var latencies = Latencies(since: 0)
        latencies.record(sentAt: 0, receivedAt: .max)
        let max = try #require(latencies.summary()).max
        #expect(abs(Double(max) / Double(Latencies.nanosecondsMax) - 1) < 0.001)
    }
}
