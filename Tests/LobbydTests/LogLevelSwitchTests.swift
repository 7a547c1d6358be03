import Engine
import Logging
import Logs
import Testing

@testable import lobbyd

@Suite("LogLevelSwitch")
struct LogLevelSwitchTests {
    private let shared = SharedLogLevel(.info)
    private let level: LogLevelSwitch
    private let looks = Locked<[@Sendable () -> Duration?]>([])

    init() {
        self.level = LogLevelSwitch(self.shared)
    }

    private func start(_ look: @escaping @Sendable () -> Duration?) {
        self.looks.withLock { $0.append(look) }
    }

    /// Does what was asked for so far.
    private func look() -> [Duration?] {
        let looks = self.looks.withLock { looks in
            defer { looks = [] }
            return looks
        }
        return looks.map { $0() }
    }

    @Test("however often a temporary level is set, one look is asked for until it was done")
    func once() {
        for _ in 1...100_000 { self.level.set(.debug, for: .seconds(60), start: self.start) }
        #expect(self.looks.withLock { $0.count } == 1)
        #expect(self.shared.level == .debug)
        let remaining = self.look()
        #expect(remaining.count == 1 && remaining[0].map { $0 > .zero && $0 <= .seconds(60) } == true)
        self.level.set(.trace, for: .seconds(60), start: self.start)
        #expect(self.looks.withLock { $0.count } == 1)
    }

    @Test("a level whose time is over goes back at the look, one for good ends the looks")
    func over() {
        self.level.set(.debug, for: .zero, start: self.start)
        #expect(self.look() == [nil])
        #expect(self.shared.level == .info)
        self.level.set(.debug, for: .seconds(60), start: self.start)
        self.level.set(.error)
        #expect(self.look() == [nil])
        #expect(self.shared.level == .error)
    }
}
