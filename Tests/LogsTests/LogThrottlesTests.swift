import Testing

@testable import Logs

@Suite("LogThrottles")
struct LogThrottlesTests {
    private let start = ContinuousClock.now

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
        self.start.advanced(by: .milliseconds(milliseconds))
    }

    @Test("a storm of one event class suppresses no other class")
    func classes() {
        var throttles = LogThrottles<String>()
        for _ in 0..<11 { _ = throttles.admit("storm", at: self.at(0)) }
        #expect(throttles.admit("storm", at: self.at(0)) == .suppress)
        #expect(throttles.admit("calm", at: self.at(0)) == .log(suppressedBefore: 0))
    }

    @Test("suppressed events are reported once, as soon as the rate allows")
    func suppressed() {
        var throttles = LogThrottles<String>()
        for _ in 0..<5 { _ = throttles.admit("storm", perSecond: 2, at: self.at(0)) }
        #expect(throttles.takeSuppressed(at: self.at(999)).isEmpty)
        // The early attempt does not count as an event of the storm.
        #expect(throttles.takeSuppressed(at: self.at(1000)) == ["storm": 3])
        #expect(throttles.takeSuppressed(at: self.at(5000)).isEmpty)
        #expect(throttles.admit("storm", at: self.at(5000)) == .log(suppressedBefore: 0))
    }

    @Test("a report of suppressed events uses up one line of its second")
    func counts() {
        var throttles = LogThrottles<String>()
        for _ in 0..<3 { _ = throttles.admit("storm", perSecond: 1, at: self.at(0)) }
        #expect(throttles.takeSuppressed(at: self.at(1000)) == ["storm": 2])
        #expect(throttles.admit("storm", at: self.at(1500)) == .suppress)
    }

    @Test("classes without recent events are forgotten after their suppressed events were reported")
    func forgotten() {
        var throttles = LogThrottles<Int>()
        for eventClass in 1...10_000 { _ = throttles.admit(eventClass, at: self.at(0)) }
        for _ in 0..<3 { _ = throttles.admit(0, perSecond: 1, at: self.at(500)) }
        _ = throttles.takeSuppressed(at: self.at(999))
        #expect(throttles.count == 10_001)
        _ = throttles.takeSuppressed(at: self.at(1000))
        #expect(throttles.count == 1)
        #expect(throttles.takeSuppressed(at: self.at(1500)) == [0: 2])
        #expect(throttles.takeSuppressed(at: self.at(2500)).isEmpty)
        #expect(throttles.count == 0)
    }
}
