import Testing

@testable import Engine

@Suite("LoopClock")
struct LoopClockTests {
    @Test("punctual checks do not change the clock")
    func punctual() {
        var clock = LoopClock()
        clock.look(due: .seconds(1), shutTime: .zero, at: .seconds(1))
        clock.look(due: .seconds(2), shutTime: .zero, at: .seconds(2))
        #expect(clock.reading(at: .seconds(3)) == .seconds(3))
        #expect(clock.writing(at: .seconds(3)) == .seconds(3))
    }

    @Test("the delay of a late check does not count, except for the allowance of a busy loop")
    func late() {
        var clock = LoopClock()
        clock.look(due: .seconds(1), shutTime: .zero, at: .seconds(3.5))
        #expect(clock.reading(at: .seconds(4)) == .seconds(2))
        #expect(clock.writing(at: .seconds(4)) == .seconds(2))
        clock.look(due: .seconds(4), shutTime: .zero, at: .seconds(4.5))
        #expect(clock.reading(at: .seconds(5)) == .seconds(3))
    }

    @Test("the time in which reading was off counts for writing only")
    func shut() {
        var clock = LoopClock()
        clock.look(due: .seconds(1), shutTime: .milliseconds(400), at: .seconds(1))
        #expect(clock.reading(at: .seconds(2)) == .seconds(1.6))
        #expect(clock.writing(at: .seconds(2)) == .seconds(2))
    }

    @Test("overlapping delays of two checks count once")
    func overlapping() {
        var clock = LoopClock()
        clock.look(due: .seconds(1), shutTime: .zero, at: .seconds(3))
        clock.look(due: .seconds(1.5), shutTime: .zero, at: .seconds(3.25))
        #expect(clock.writing(at: .seconds(4)) == .seconds(2.25))
    }

    @Test("time that is both late and without reading counts once, and the clock never runs backwards")
    func lateAndShut() {
        var clock = LoopClock()
        clock.look(due: .seconds(1), shutTime: .zero, at: .seconds(1))
        let before = clock.reading(at: .seconds(1))
        clock.look(due: .seconds(2), shutTime: .seconds(9), at: .seconds(10))
        #expect(clock.reading(at: .seconds(10)) == before)
    }
}
