/// Checks before the measurement that the server knows every connection, and finds out where it sends the datagrams.
///
/// The first connection sends probes repeatedly. The survey records the connections that receive them. Times are in
/// nanoseconds.
struct Survey: Sendable {
    /// The interval between probes.
    static let interval: UInt64 = 100_000_000
    /// The time without a new receiver after which the set of receivers is complete.
    static let settled: UInt64 = 500_000_000
    /// The longest wait without a new receiver, when the user gave an expectation or no probe has come back.
    static let patience: UInt64 = 2_000_000_000

    enum Verdict: Equatable, Sendable {
        case goOn
        case begin(Reach)
        /// No probe came back, and the user gave no expectation.
        case silence
    }

    private let asked: Reach?
    private var hasHeard: [Bool]
    private var heardCount = 0
    private var lastNewsAt: UInt64

    init(connections: Int, asked: Reach?, now: UInt64) {
        self.asked = asked
        self.hasHeard = Array(repeating: false, count: connections)
        self.lastNewsAt = now
    }

    /// Whether no probe has come back for so long that the port may be closed.
    func isSilent(at now: UInt64) -> Bool {
        self.heardCount == 0 && self.isQuiet(for: Self.settled, at: now)
    }

    /// Notes that a connection has received a probe of the first connection.
    mutating func heard(by connection: Int, at now: UInt64) {
        guard !self.hasHeard[connection] else { return }
        self.hasHeard[connection] = true
        self.heardCount += 1
        self.lastNewsAt = now
    }

    func verdict(at now: UInt64) -> Verdict {
        if let asked {
            let wanted = asked.receivers(among: self.hasHeard.count)
            let isEnough = asked == .echo ? self.hasHeard[0] : self.heardCount >= wanted
            return isEnough || self.isQuiet(for: Self.patience, at: now) ? .begin(asked) : .goOn
        }
        if self.heardCount == self.hasHeard.count { return .begin(.broadcast) }
        if self.heardCount == 0 { return self.isQuiet(for: Self.patience, at: now) ? .silence : .goOn }
        guard self.isQuiet(for: Self.settled, at: now) else { return .goOn }
        return .begin(self.hasHeard[0] ? (self.heardCount == 1 ? .echo : .broadcast) : .others)
    }

    private func isQuiet(for time: UInt64, at now: UInt64) -> Bool { now >= self.lastNewsAt + time }
}
