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

    /// Runs the scheduled checks.
    private func look() -> [Duration?] {
        let looks = self.looks.withLock { looks in
            defer { looks = [] }
            return looks
        }
        return looks.map { $0() }
    }

    @Test("only one check is scheduled at a time for all temporary levels")
    func once() {
        for _ in 1...100_000 { self.level.set(.debug, for: .seconds(60), start: self.start) }
        #expect(self.looks.withLock { $0.count } == 1)
        #expect(self.shared.level == .debug)
        let remaining = self.look()
        #expect(remaining.count == 1 && remaining[0].map { $0 > .zero && $0 <= .seconds(60) } == true)
        self.level.set(.trace, for: .seconds(60), start: self.start)
        #expect(self.looks.withLock { $0.count } == 1)
    }

    @Test("the check restores an expired level, and a permanent level ends the checks")
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
