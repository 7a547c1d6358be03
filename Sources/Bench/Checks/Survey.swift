/// Finds out, before anything is measured, that the server knows every connection, and what it does with the datagrams.
///
/// The first connection sends probes, again and again; this notes who gets them. Times are nanoseconds.
struct Survey: Sendable {
    /// How often a probe is sent.
    static let interval: UInt64 = 100_000_000
    /// Who has not got a probe when nobody new has for so long gets none; then it is known what the server does.
    static let settled: UInt64 = 500_000_000
    /// For how long a server may stay silent, where it is known what it should do.
    static let patience: UInt64 = 2_000_000_000

    enum Verdict: Equatable, Sendable {
        case goOn
        case begin(Reach)
        /// Nothing came back, and nobody said what should.
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

    /// No peer has got a probe for so long that the port may be closed.
    func isSilent(at now: UInt64) -> Bool {
        self.heardCount == 0 && self.isQuiet(for: Self.settled, at: now)
    }

    /// A probe of the first connection has come.
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
