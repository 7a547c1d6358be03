import Testing

@testable import Control

@Suite("Durations as text")
struct DurationTextTests {
    @Test(
        "a duration is a whole number with a unit",
        arguments: [
            ("0s", .zero), ("0ms", .zero), ("250ms", .milliseconds(250)), ("10s", .seconds(10)), ("5m", .seconds(300)),
            ("1h", .seconds(3600)), ("2d", .seconds(172_800)), ("1500ms", .milliseconds(1500)), ("007s", .seconds(7)),
            ("9223372036854775807ms", .milliseconds(Int64.max)),
        ] as [(String, Duration)]
    )
    func read(text: String, duration: Duration) {
        #expect(Duration(text: text) == duration)
    }

    @Test(
        "other text is not a duration",
        arguments: [
            "", "5", "s", "ms", "-5s", "+5s", "1.5s", "5 s", " 5s", "5s ", "5S", "5sec", "5us", "1h30m", "5\u{661}s",
            "5\u{301}s", "\u{665}s", "5s\u{0}", "9223372036854775808ms", "9223372036854775807d",
        ]
    )
    func refused(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(
        "a duration is written in the largest whole unit, and reads back unchanged",
        arguments: [
            (.zero, "0s"), (.milliseconds(1), "1ms"), (.milliseconds(1500), "1500ms"), (.seconds(5), "5s"),
            (.seconds(60), "1m"), (.seconds(90), "90s"), (.seconds(3600), "1h"), (.seconds(5400), "90m"),
            (.seconds(86_400), "1d"), (.seconds(90_000), "25h"), (.seconds(604_800), "7d"),
        ] as [(Duration, String)]
    )
    func written(duration: Duration, text: String) {
        #expect(duration.text == text)
        #expect(Duration(text: text) == duration)
    }

    @Test("a number without a unit is suggested as seconds if that is in range")
    func meant() {
        let range = Duration.zero ... .seconds(60)
        #expect(Duration.meant(by: "60", in: range) == "60s")
        #expect(Duration.meant(by: "61", in: range) == nil)
        #expect(Duration.meant(by: "m", in: range) == nil)
        #expect(Duration.meant(by: "5m", in: range) == nil)
        #expect(Duration.meant(by: "5s", in: range) == nil)
        #expect(Duration.meant(by: "", in: range) == nil)
    }

    @Test("microseconds beyond Int64 stay at its limit")
    func microseconds() {
        #expect(Duration.seconds(Int64.max).microseconds == .max)
        #expect(Duration.seconds(Int64.min).microseconds == .min)
        #expect(Duration.microseconds(Int64.max).microseconds == .max)
        #expect(Duration.nanoseconds(1_999).microseconds == 1)
    }
}
