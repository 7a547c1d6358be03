import Testing

@testable import lobbyd

@Suite("TemporaryLogLevel")
struct TemporaryLogLevelTests {
    private let later = ContinuousClock.now + .seconds(60)

    @Test("after a temporary level, the previous level returns")
    func goesBack() {
        var level = TemporaryLogLevel(.info)
        level.set(.debug, until: self.later)
        #expect(level.level == .debug)
        #expect(level.remaining(at: self.later - .seconds(5)) == .seconds(5))
        level.end(at: self.later)
        #expect(level.level == .info)
        #expect(level.remaining(at: self.later) == nil)
    }

    @Test("a second temporary level replaces the first, and at its end the permanent level returns")
    func second() {
        var level = TemporaryLogLevel(.info)
        level.set(.debug, until: self.later)
        level.set(.trace, until: self.later + .seconds(1))
        level.end(at: self.later)
        #expect(level.level == .trace)
        level.end(at: self.later + .seconds(1))
        #expect(level.level == .info)
    }

    @Test("a permanent level ends a temporary one")
    func forGood() {
        var level = TemporaryLogLevel(.info)
        level.set(.debug, until: self.later)
        level.set(.error)
        level.end(at: self.later)
        #expect(level.level == .error)
    }

    @Test("a level from the configuration applies after the temporary level ends")
    func configured() {
        var level = TemporaryLogLevel(.info)
        level.set(.debug, until: self.later)
        level.configure(.warning)
        #expect(level.level == .debug)
        level.end(at: self.later)
        #expect(level.level == .warning)
        level.configure(.error)
        #expect(level.level == .error)
    }
}
