import Testing

@testable import Systemd

@Suite("Watchdog")
struct WatchdogTests {
    private let start = ContinuousClock.now
    private var watchdog = Watchdog(timeout: .seconds(20))

    @Test("it beats at half of the timeout")
    func interval() {
        #expect(self.watchdog.interval == .seconds(10))
    }

    @Test("each beat asks once all have answered the one before")
    func alive() {
        var watchdog = self.watchdog
        for beat in 0..<3 {
            #expect(watchdog.beat(at: self.start + .seconds(10 * beat)) == .ask)
            watchdog.answered()
        }
    }

    @Test("while an answer is owed nothing is asked, and how long is told")
    func hung() {
        var watchdog = self.watchdog
        #expect(watchdog.beat(at: self.start) == .ask)
        #expect(watchdog.beat(at: self.start + .seconds(10)) == .wait(.seconds(10)))
        #expect(watchdog.beat(at: self.start + .seconds(20)) == .wait(.seconds(20)))
        watchdog.answered()
        #expect(watchdog.beat(at: self.start + .seconds(30)) == .ask)
    }
}
