/// Counts of connections and traffic for each listener.
///
/// Listeners are few, so a linear search is faster than a hash table.
public struct ListenerCounts: Sendable, Equatable {
    /// The counts of one listener. A change of its name does not reset them.
    public struct Count: Sendable, Equatable {
        /// `ConnectionOrigin.listenerNumber`.
        let number: Int
        /// Open now.
        public internal(set) var open = 0
        /// Ever opened.
        public internal(set) var opened = 0
        /// The traffic of its connections, including closed ones.
        public internal(set) var traffic = Traffic()

        init(number: Int) {
            self.number = number
        }
    }

    private var counts: [Count] = []

    /// Without any listener.
    public init() {}

    /// The counts of the listener with that number; all zero if it has had no connections.
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

    /// Adds a connection and its traffic to the counts of its listener. Ignores connections that this program opened.
    mutating func count(_ connection: Connection, isOpen: Bool) {
        let origin = connection.origin
        guard origin.rendezvous != nil else { return }
        self.update(origin.listenerNumber) {
            $0.open += isOpen ? 1 : 0
            $0.opened += 1
            $0.traffic += connection.traffic
        }
    }

    /// The number of listeners with counts.
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
