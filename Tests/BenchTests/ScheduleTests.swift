import Testing

@testable import Bench

struct ScheduleTests {
    @Test("the publishers take turns at equal intervals")
    func turns() {
        let schedule = Schedule(start: 1000, publishers: 4, rate: 250)
        #expect((0..<5).map { schedule.time(of: $0) } == [1000, 1_001_000, 2_001_000, 3_001_000, 4_001_000])
    }

    @Test("the schedule does not drift over a day", arguments: [1.0, 3, 7.5, 99.9, 60_000])
    func noDrift(rate: Double) {
        let schedule = Schedule(start: 0, publishers: 3, rate: rate)
        let day = 86_400.0
        let slot = Int(day * rate * 3)
        #expect(abs(Double(schedule.time(of: slot)) / 1e9 - day) < 1 / rate)
    }

    @Test("a slot is due at its time, and not before", arguments: [0.3, 100, 33_333, 1_000_000])
    func slots(rate: Double) {
        let schedule = Schedule(start: 12_345, publishers: 7, rate: rate)
        for slot in [0, 1, 2, 999, 1_000_003] {
            let time = schedule.time(of: slot)
            #expect(schedule.slots(by: time) == slot + 1)
            #expect(schedule.slots(by: time - 1) == slot)
        }
    }
}

struct TimelineTests {
    @Test(
        "the measured time begins after the warm-up and ends after the duration",
        arguments: [
            (nil, nil, nil, 1.0, 6.0), (2.5, 0, nil, 0, 2.5), (nil, nil, 10, 0, nil), (3, 2, 10, 2, 5),
        ] as [(Double?, Double?, Int?, Double, Double?)]
    )
    func times(duration: Double?, warmUp: Double?, count: Int?, measuredFrom: Double, until: Double?) {
        var options = WorkloadOptions()
        (options.duration, options.warmUp) = (duration.map { .seconds($0) }, warmUp.map { .seconds($0) })
        options.count = count
        let timeline = Timeline(start: 100, options: options)
        #expect(timeline.measuredFrom == 100 + UInt64(measuredFrom * 1e9))
        #expect(timeline.publishedUntil == until.map { 100 + UInt64($0 * 1e9) })
        #expect(timeline.isMeasured(timeline.measuredFrom))
        #expect(!timeline.isMeasured(timeline.measuredFrom - 1))
        if let end = timeline.publishedUntil { #expect(!timeline.isMeasured(end)) }
    }

    @Test(
        "a run can end early, but never later than planned",
        arguments: [(nil, 500, 500), (1, 500, 500), (1, 5e9, 1e9)] as [(Double?, Double, Double)]
    )
    func early(duration: Double?, now: Double, end: Double) {
        var options = WorkloadOptions()
        (options.duration, options.warmUp, options.count) = (duration.map { .seconds($0) }, .zero, 1)
        var timeline = Timeline(start: 0, options: options)
        timeline.end(at: UInt64(now))
        #expect(timeline.publishedUntil == UInt64(end))
        #expect(timeline.isOver(UInt64(end)))
    }
}
