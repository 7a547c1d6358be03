import Testing

@testable import Bench

struct ReportTests {
    private func report(
        _ reach: Reach = .broadcast,
        _ counts: Counts = Counts(published: 10, delivered: 30),
        latency: LatencySummary? = LatencySummary(
            p50: 1_500,
            p90: 2_000,
            p99: 12_345_678,
            p999: 20_000_000,
            max: 30_000_000
        )
    ) -> Report {
        Report(
            workload: workload(reach),
            measuredSeconds: 2,
            measuredPublished: 2_000_000,
            measuredDelivered: 6_000_000,
            latency: latency,
            counts: counts
        )
    }

    @Test(
        "lost deliveries are the expected ones minus the actual ones",
        arguments: [(Reach.echo, 10), (.broadcast, 30), (.others, 20)]
    )
    func lost(reach: Reach, deliveries: Int) {
        #expect(self.report(reach, Counts(published: 10, delivered: deliveries)).isClean)
        #expect(self.report(reach, Counts(published: 10, delivered: deliveries - 1)).lost == 1)
    }

    @Test(
        "each fault alone is reported and makes the report unclean",
        arguments: [
            (Counts(published: 10, delivered: 29), "1 lost"),
            (Counts(published: 10, delivered: 30, disordered: 2), "2 out of order"),
            (Counts(published: 10, delivered: 30, duplicates: 3), "3 duplicated"),
            (Counts(published: 10, delivered: 30, strays: 4), "4 at wrong connections"),
            (Counts(published: 10, delivered: 30, connectionsLost: 5), "5 connections lost"),
        ]
    )
    func faults(counts: Counts, sentence: String) {
        let report = self.report(.broadcast, counts)
        #expect(!report.isClean)
        #expect(report.text().hasSuffix("of 30 deliveries: \(sentence)"))
    }

    @Test("the text has rates, quantiles and the verdict in columns")
    func text() {
        #expect(
            self.report().text() == """
                3 connections over TCP, 2-byte headers
                2 publishers, 16 in flight each, 20 bytes a payload
                expected: each datagram reaches every connection
                measured: 2.0 s

                published        1,000,000/s
                delivered        3,000,000/s   57.2 MiB/s

                latency                   µs
                  p50                    1.5
                  p90                    2.0
                  p99               12,345.7
                  p99.9             20,000.0
                  max               30,000.0

                all 30 deliveries came, once and in order
                """
        )
    }

    @Test("foreign datagrams are reported but are not a fault")
    func foreign() {
        let report = self.report(.broadcast, Counts(published: 10, delivered: 30, foreign: 1234))
        #expect(report.isClean)
        #expect(report.text().hasSuffix("once and in order; 1,234 foreign datagrams"))
    }

    @Test("the JSON has each figure under its own name")
    func json() {
        #expect(
            self.report().json.description == """
                {"clean":true,"interrupted":false,"workload":{"host":"localhost","port":9099,"transport":"tcp","header_size":2,"connections":3,\
                "publishers":2,"window":16,"size":20,"type":1,"expect":"broadcast"},"measured":{"seconds":2.0,\
                "published":2000000,"delivered":6000000,"published_per_second":1000000.0,\
                "delivered_per_second":3000000.0},"latency_ns":{"p50":1500,"p90":2000,"p99":12345678,"p99.9":20000000,\
                "max":30000000},"totals":{"published":10,"delivered":30,"lost":0,"out_of_order":0,"duplicates":0,\
                "strays":0,"foreign":0,"connections_lost":0}}
                """
        )
    }

    @Test("an interrupted run is marked in the text and in the JSON")
    func interrupted() {
        var report = self.report()
        report.isInterrupted = true
        #expect(report.text().contains("\nmeasured: 2.0 s, interrupted\n"))
        #expect(report.json["interrupted"] == true)
    }

    @Test("without arrivals, neither the text nor the JSON has latencies")
    func silence() {
        let report = self.report(.echo, Counts(published: 10), latency: nil)
        #expect(report.text().contains("no datagram arrived"))
        #expect(report.json["latency_ns"] == nil)
    }

    @Test(
        "numbers are grouped by thousands",
        arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")]
    )
    func grouped(number: Int, text: String) {
        #expect(Numbers.grouped(number) == text)
    }

    @Test("progress is one line")
    func progress() {
        #expect(Progress.connecting(open: 1000, of: 10_000).line == "1,000 of 10,000 connected")
        let running = Progress.running(second: 3, publishedPerSecond: 5, deliveredPerSecond: 50_000)
        #expect(running.line == "3 s: 5 published/s, 50,000 delivered/s")
    }
}
