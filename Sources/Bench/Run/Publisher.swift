/// The position of a publisher in its sequence.
struct Publisher: Sendable {
    /// The time without an arrival after which the datagrams in flight are given up, in nanoseconds. Otherwise a lost
    /// datagram would stop the load.
    static let patience: UInt64 = 1_000_000_000

    /// The number of published datagrams.
    private(set) var sent: UInt32 = 0
    /// Datagrams before this number are no longer in flight: they arrived or were given up.
    private var settled: UInt32 = 0
    private var progressAt: UInt64

    init(now: UInt64) {
        self.progressAt = now
    }

    /// The number of datagrams that may still arrive.
    var inFlight: Int { Int(self.sent &- self.settled) }

    /// Counts one more datagram.
    ///
    /// - Returns: the number of the datagram.
    mutating func publish() -> UInt32 {
        defer { self.sent &+= 1 }
        return self.sent
    }

    /// Notes the progress that the witness has seen.
    mutating func progressed(to next: UInt32, at now: UInt64) {
        guard Int32(bitPattern: next &- self.settled) > 0 else { return }
        self.settled = next
        self.progressAt = now
    }

    /// Gives up the datagrams in flight if none has arrived for too long.
    ///
    /// - Returns: whether they were given up.
    mutating func giveUpIfStalled(at now: UInt64) -> Bool {
        guard self.inFlight > 0, now >= self.progressAt + Self.patience else { return false }
        self.settled = self.sent
        self.progressAt = now
        return true
    }
}
