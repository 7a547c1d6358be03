import Testing

@testable import Logs

@Suite("LogThrottle")
struct LogThrottleTests {
    private let start = ContinuousClock.now

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
        self.start.advanced(by: .milliseconds(milliseconds))
    }

    @Test("ten events in a second are logged, and the eleventh is suppressed")
    func tenAndEleven() {
        var throttle = LogThrottle(perSecond: 10)
        for event in 0..<10 {
            #expect(throttle.admit(at: self.at(event * 99)) == .log(suppressedBefore: 0))
        }
        #expect(throttle.admit(at: self.at(999)) == .suppress)
        #expect(throttle.suppressed == 1)
    }

    @Test("the first event after a pause carries the number of suppressed events, and the count restarts")
    func counts() {
        var throttle = LogThrottle(perSecond: 1)
        #expect(throttle.admit(at: self.at(0)) == .log(suppressedBefore: 0))
        for _ in 0..<25 { #expect(throttle.admit(at: self.at(500)) == .suppress) }
        #expect(throttle.suppressed == 25)
        #expect(throttle.admit(at: self.at(1000)) == .log(suppressedBefore: 25))
        #expect(throttle.suppressed == 0)
        #expect(throttle.admit(at: self.at(2000)) == .log(suppressedBefore: 0))
    }

    @Test("a steady ten events a second are all logged")
    func steady() {
        var throttle = LogThrottle()
        for event in 0..<1000 {
            #expect(throttle.admit(at: self.at(event * 100)) == .log(suppressedBefore: 0))
        }
    }

    @Test("no second has more than ten logged events, wherever it begins")
    func everySecond() {
        var throttle = LogThrottle()
        // The events are a burst at the end of one second, a burst at the start of the next, and then 3 every 7 ms.
        let events =
            [Int](repeating: 990, count: 50) + [Int](repeating: 1010, count: 50) + (0..<2000).map { 1020 + $0 / 3 * 7 }
        let logged = events.filter { throttle.admit(at: self.at($0)) != .suppress }
        for (first, eleventh) in zip(logged, logged.dropFirst(10)) {
            #expect(eleventh - first >= 1000)
        }
        #expect(logged.count >= 50)
    }
}
