/// How many connections came through each rendezvous socket, and what they moved. There are few, so that a search is cheaper
/// than a hash.
public struct ListenerCounts: Sendable, Equatable {
    /// One rendezvous socket, whatever it was called in the meantime.
    public struct Count: Sendable, Equatable {
        /// `ConnectionOrigin.listenerNumber`.
        let number: Int
        /// Open now.
        public internal(set) var open = 0
        /// Ever opened.
        public internal(set) var opened = 0
        /// What they moved, those that have ended included.
        public internal(set) var traffic = Traffic()

        init(number: Int) {
            self.number = number
        }
    }

    private var counts: [Count] = []

    /// No rendezvous.
    public init() {}

    /// All zero where nothing has come through the socket of that number.
    func count(of number: Int) -> Count { self.counts.first { $0.number == number } ?? Count(number: number) }

    /// Adds each count.
    public static func += (left: inout ListenerCounts, right: ListenerCounts) {
        for count in right.counts {
            left.update(count.number) {
                $0.open += count.open
                $0.opened += count.opened
                $0.traffic += count.traffic
            }
        }
    }

    /// Counts a connection with all that it has moved. One that this program opened has no rendezvous.
    mutating func count(_ connection: Connection, isOpen: Bool) {
        let origin = connection.origin
        guard origin.rendezvous != nil else { return }
        self.update(origin.listenerNumber) {
            $0.open += isOpen ? 1 : 0
            $0.opened += 1
            $0.traffic += connection.traffic
        }
    }

    /// How many rendezvous sockets it knows.
    var size: Int { self.counts.count }

    mutating func forget(_ number: Int) {
        self.counts.removeAll { $0.number == number }
    }

    private mutating func update(_ number: Int, _ change: (inout Count) -> Void) {
        if let index = self.counts.firstIndex(where: { $0.number == number }) {
            change(&self.counts[index])
        } else {
            var count = Count(number: number)
            change(&count)
            self.counts.append(count)
        }
    }
}
