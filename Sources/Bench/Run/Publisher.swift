/// One publisher's place in its sequence.
struct Publisher: Sendable {
    /// After so long without an arrival what is in flight is given up, so that a loss does not end the load; nanoseconds.
    static let patience: UInt64 = 1_000_000_000

    /// How many it has published.
    private(set) var sent: UInt32 = 0
    /// Datagrams before this one are not in flight any more, whether they have come or not.
    private var settled: UInt32 = 0
    private var progressAt: UInt64

    init(now: UInt64) {
        self.progressAt = now
    }

    /// Datagrams that may still come.
    var inFlight: Int { Int(self.sent &- self.settled) }

    /// - Returns: the number of the datagram.
    mutating func publish() -> UInt32 {
        defer { self.sent &+= 1 }
        return self.sent
    }

    /// What its witness has had.
    mutating func progressed(to next: UInt32, at now: UInt64) {
        guard Int32(bitPattern: next &- self.settled) > 0 else { return }
        self.settled = next
        self.progressAt = now
    }

    /// - Returns: whether all that was in flight is given up.
    mutating func giveUpIfStalled(at now: UInt64) -> Bool {
        guard self.inFlight > 0, now >= self.progressAt + Self.patience else { return false }
        self.settled = self.sent
        self.progressAt = now
        return true
    }
}
