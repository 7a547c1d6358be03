/// How many connections came through each listener, and what they moved. There are few, so that a search is cheaper than a hash.
public struct ListenerCounts: Sendable, Equatable {
    /// One listener.
    public struct Count: Sendable, Equatable {
        /// What its `Rendezvous` is called.
        public let name: String
        /// Open now.
        public internal(set) var open = 0
        /// Ever opened.
        public internal(set) var opened = 0
        /// What they moved, those that have ended included.
        public internal(set) var traffic = Traffic()
    }

    private var counts: [Count] = []

    /// No listener.
    public init() {}

    /// All zero where nothing has come through a listener of that name.
    public subscript(name: String) -> Count {
        self.counts.first { $0.name == name } ?? Count(name: name)
    }

    /// Adds each count.
    public static func += (left: inout ListenerCounts, right: ListenerCounts) {
        for count in right.counts {
            left.update(count.name) {
                $0.open += count.open
                $0.opened += count.opened
                $0.traffic += count.traffic
            }
        }
    }

    /// Counts a connection with all that it has moved. One that this program opened has no listener.
    mutating func count(_ connection: Connection, isOpen: Bool) {
        guard let name = connection.rendezvous?.name else { return }
        self.update(name) {
            $0.open += isOpen ? 1 : 0
            $0.opened += 1
            $0.traffic += connection.traffic
        }
    }

    private mutating func update(_ name: String, _ change: (inout Count) -> Void) {
        if let index = self.counts.firstIndex(where: { $0.name == name }) {
            change(&self.counts[index])
        } else {
            var count = Count(name: name)
            change(&count)
            self.counts.append(count)
        }
    }
}
