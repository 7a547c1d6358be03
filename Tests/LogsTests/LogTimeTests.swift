import Glibc
import Testing

@testable import Logs

@Suite("LogTime")
struct LogTimeTests {
    @Test(
        "a time is written in UTC and in its time zone",
        arguments: [
            (LogTime.sample, "2026-01-31T13:05:09.000123Z", "2026-01-31T14:05:09.000123+01:00"),
            (
                LogTime(seconds: 0, nanoseconds: 999_999_999, utcOffset: 0),
                "1970-01-01T00:00:00.999999Z", "1970-01-01T00:00:00.999999+00:00"
            ),
            (
                LogTime(seconds: 951_782_399, nanoseconds: 0, utcOffset: 20_700),
                "2000-02-28T23:59:59.000000Z", "2000-02-29T05:44:59.000000+05:45"
            ),
            (
                LogTime(seconds: 1_767_225_600, nanoseconds: 1_000, utcOffset: -12_600),
                "2026-01-01T00:00:00.000001Z", "2025-12-31T20:30:00.000001-03:30"
            ),
        ]
    )
    func writes(moment: LogTime, utc: String, local: String) {
        #expect(moment.utc == utc)
        #expect(moment.local == local)
    }

    @Test("now() returns the system's time")
    func now() {
        let before = time(nil)
        let now = LogTime.now()
        #expect((before...time(nil)).contains(now.seconds))
        #expect((0..<1_000_000_000).contains(now.nanoseconds))
    }
}
