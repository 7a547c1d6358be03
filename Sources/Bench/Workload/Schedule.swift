/// When which publisher of a fixed rate publishes.
///
/// The publishers take turns at equal distances. Each time is computed from the beginning, so that no delay adds up.
struct Schedule: Sendable {
    /// Nanoseconds, monotonic.
    let start: UInt64
    let publishers: Int
    private let nanosecondsPerSlot: Double

    /// - Parameter rate: datagrams a second of each publisher; over 0.
    init(start: UInt64, publishers: Int, rate: Double) {
        self.start = start
        self.publishers = publishers
        self.nanosecondsPerSlot = 1e9 / (rate * Double(publishers))
    }

    /// When the datagram of this slot should leave. Slots count from 0; `slot % publishers` is whose it is.
    func time(of slot: Int) -> UInt64 {
        self.start + UInt64(Double(slot) * self.nanosecondsPerSlot)
    }

    /// How many slots have come by then, that moment included.
    func slots(by now: UInt64) -> Int {
        guard now >= self.start else { return 0 }
        var count = Int(Double(now - self.start) / self.nanosecondsPerSlot)
        // The division may round to the wrong side of a slot.
        while count > 0 && self.time(of: count - 1) > now { count -= 1 }
        while self.time(of: count) <= now { count += 1 }
        return count
    }
}
