import Testing

@testable import Systemd

@Suite("LogThrottles")
struct LogThrottlesTests {
    private let start = ContinuousClock.now

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
        self.start.advanced(by: .milliseconds(milliseconds))
    }

    @Test("a storm of one class hides no other")
    func classes() {
        var throttles = LogThrottles<String>()
        for _ in 0..<11 { _ = throttles.admit("storm", at: self.at(0)) }
        #expect(throttles.admit("storm", at: self.at(0)) == .suppress)
        #expect(throttles.admit("calm", at: self.at(0)) == .log(suppressedBefore: 0))
    }

    @Test("what was suppressed is told once it is not too soon, and then no more")
    func suppressed() {
        var throttles = LogThrottles<String>()
        for _ in 0..<5 { _ = throttles.admit("storm", perSecond: 2, at: self.at(0)) }
        #expect(throttles.takeSuppressed(at: self.at(999)).isEmpty)
        // The attempt was no event of the storm, so it is not counted.
        #expect(throttles.takeSuppressed(at: self.at(1000)) == ["storm": 3])
        #expect(throttles.takeSuppressed(at: self.at(5000)).isEmpty)
        #expect(throttles.admit("storm", at: self.at(5000)) == .log(suppressedBefore: 0))
    }

    @Test("classes that are quiet again are forgotten, and decide as before")
    func forgotten() {
        var throttles = LogThrottles<Int>()
        for user in 0..<1000 { _ = throttles.admit(user, perSecond: 1, at: self.at(0)) }
        _ = throttles.admit(0, perSecond: 1, at: self.at(0))
        _ = throttles.takeSuppressed(at: self.at(999))
        #expect(throttles.count == 1000)
        #expect(throttles.takeSuppressed(at: self.at(1000)) == [0: 1])
        #expect(throttles.count == 1, "the line about the class counts as well")
        #expect(throttles.admit(1, perSecond: 1, at: self.at(1000)) == .log(suppressedBefore: 0))
        #expect(throttles.admit(1, perSecond: 1, at: self.at(1500)) == .suppress)
    }

    @Test("a count counts as one of the lines of its second")
    func counts() {
        var throttles = LogThrottles<String>()
        for _ in 0..<3 { _ = throttles.admit("storm", perSecond: 1, at: self.at(0)) }
        #expect(throttles.takeSuppressed(at: self.at(1000)) == ["storm": 2])
        #expect(throttles.admit("storm", at: self.at(1500)) == .suppress)
    }
}
