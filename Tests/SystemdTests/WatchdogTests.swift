import Testing

@testable import Systemd

@Suite("Watchdog")
struct WatchdogTests {
    private let start = ContinuousClock.now
    private var watchdog = Watchdog(timeout: .seconds(20))

    @Test("the interval is half of the timeout")
    func interval() {
        #expect(self.watchdog.interval == .seconds(10))
    }

    @Test("each beat asks the event loops after all have answered the previous beat")
    func alive() {
        var watchdog = self.watchdog
        for beat in 0..<3 {
            #expect(watchdog.beat(at: self.start + .seconds(10 * beat)) == .ask)
            watchdog.answered()
        }
    }

    @Test("while an answer is missing, a beat asks no event loop and returns the waiting time")
    func hung() {
        var watchdog = self.watchdog
        #expect(watchdog.beat(at: self.start) == .ask)
        #expect(watchdog.beat(at: self.start + .seconds(10)) == .wait(.seconds(10)))
        #expect(watchdog.beat(at: self.start + .seconds(20)) == .wait(.seconds(20)))
        watchdog.answered()
        #expect(watchdog.beat(at: self.start + .seconds(30)) == .ask)
    }
}
