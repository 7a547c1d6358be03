/// The sending times of publishers with a fixed rate.
///
/// The publishers take turns at equal intervals. Each time is computed from the start, so delays do not accumulate.
struct Schedule: Sendable {
    /// In nanoseconds of the monotonic clock.
    let start: UInt64
    let publishers: Int
    private let nanosecondsPerSlot: Double

    /// Makes a schedule.
    ///
    /// - Parameter rate: datagrams per second of each publisher; above 0.
    init(start: UInt64, publishers: Int, rate: Double) {
        self.start = start
        self.publishers = publishers
        self.nanosecondsPerSlot = 1e9 / (rate * Double(publishers))
    }

    /// The sending time of a slot. Slots count from 0, and slot `n` belongs to publisher `n % publishers`.
    func time(of slot: Int) -> UInt64 {
        self.start + UInt64(Double(slot) * self.nanosecondsPerSlot)
    }

    /// The number of slots up to and including this time.
    func slots(by now: UInt64) -> Int {
        guard now >= self.start else { return 0 }
        var count = Int(Double(now - self.start) / self.nanosecondsPerSlot)
        // The division may round to the wrong side of a slot.
        while count > 0 && self.time(of: count - 1) > now { count -= 1 }
        while self.time(of: count) <= now { count += 1 }
        return count
    }
}
