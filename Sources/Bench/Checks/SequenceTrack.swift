/// The sequence numbers that a receiver has seen of one publisher.
struct SequenceTrack: Sendable {
    /// The number of remembered sequence numbers. A late datagram with an older number counts as a duplicate.
    static let memory = 64

    enum Arrival: Sendable, Equatable {
        /// After all earlier arrivals. Earlier numbers may be missing.
        case inOrder
        /// For the first time, but after a later number.
        case late
        /// For the second time.
        case duplicate
    }

    /// One more than the highest number so far.
    private(set) var next: UInt32 = 0
    /// Bit n is set when number `next - 1 - n` has arrived.
    private var recent: UInt64 = 0

    @inline(__always)
    mutating func arrived(_ number: UInt32) -> Arrival {
        if number == self.next {
            self.recent = self.recent << 1 | 1
            self.next = number &+ 1
            return .inOrder
        }
        return self.arrivedOutOfTurn(number)
    }

    private mutating func arrivedOutOfTurn(_ number: UInt32) -> Arrival {
        let ahead = Int32(bitPattern: number &- self.next)
        if ahead > 0 {
            // Shifting by the width or more gives 0.
            self.recent = self.recent << (UInt64(ahead) + 1) | 1
            self.next = number &+ 1
            return .inOrder
        }
        let bit = UInt64(1) << UInt64(-Int64(ahead) - 1)
        guard bit != 0, self.recent & bit == 0 else { return .duplicate }
        self.recent |= bit
        return .late
    }
}
