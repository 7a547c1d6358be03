/// A first-in-first-out queue. Appending and removing take constant time on average.
struct Queue<Element> {
    /// The smallest number of empty slots at the head that are removed together.
    private static var emptyMin: Int { 32 }

    /// The slots of the elements. The slots before `head` are empty.
    private var places: ContiguousArray<Element?> = []
    private var head = 0

    var count: Int { self.places.count - self.head }
    var isEmpty: Bool { self.count == 0 }
    var first: Element? { self.isEmpty ? nil : self.places[self.head] }

    mutating func append(_ element: Element) { self.places.append(element) }

    @discardableResult
    mutating func popFirst() -> Element? {
        guard !self.isEmpty else { return nil }
        let element = self.places[self.head].take()
        self.head += 1
        if self.isEmpty {
            self.removeAll()
        } else if self.head >= Self.emptyMin, self.head >= self.places.count / 2 {
            self.places.removeFirst(self.head)
            self.head = 0
        }
        return element
    }

    /// Removes all elements. The queue keeps its memory.
    mutating func removeAll() {
        self.places.removeAll(keepingCapacity: true)
        self.head = 0
    }
}

extension Queue: Sendable where Element: Sendable {}
