/// Elements in the order of their last use, the most recent first. The first `frontMax` elements are the front.
///
/// A use, a removal and an insertion as the most recent element take constant time.
struct RecencyList<Element> {
    /// Identifies an element until its removal.
    typealias Slot = Int

    fileprivate struct Node {
        var element: Element?
        var newer: Slot
        var older: Slot
        var isInFront = false
    }

    /// The value for "no slot".
    private static var none: Slot { -1 }

    private var nodes: ContiguousArray<Node> = []
    /// The first unused node. Each unused node names the next one in `older`.
    private var unused = Self.none
    private var newest = Self.none
    private var oldest = Self.none
    private var lastInFront = Self.none
    private(set) var count = 0
    private(set) var frontCount = 0
    private(set) var frontMax: Int

    init(frontMax: Int = 0) {
        self.frontMax = frontMax
    }

    subscript(slot: Slot) -> Element {
        guard let element = self.nodes[slot].element else { preconditionFailure("a slot after its removal") }
        return element
    }

    func isInFront(_ slot: Slot) -> Bool { self.nodes[slot].isInFront }

    var oldestElement: Element? { self.oldest == Self.none ? nil : self[self.oldest] }

    /// Adds an element as the most recent one.
    ///
    /// - Returns: its slot, and the element that leaves the front because of it.
    mutating func insert(_ element: Element) -> (slot: Slot, displaced: Element?) {
        let slot = self.newNode(element)
        self.link(slot, below: Self.none)
        return (slot, self.enterFront(slot))
    }

    /// Adds an element after all more recent ones. The search begins at the most recent element. The list must have no
    /// front.
    ///
    /// - Parameter isMoreRecent: whether an element was used after the new one.
    mutating func insert(_ element: Element, behind isMoreRecent: (Element) -> Bool) -> Slot {
        precondition(self.frontMax == 0, "an insertion in the middle of a list that has a front")
        var newer = Self.none
        var older = self.newest
        while older != Self.none, isMoreRecent(self[older]) { (newer, older) = (older, self.nodes[older].older) }
        let slot = self.newNode(element)
        self.link(slot, below: newer)
        return slot
    }

    /// Makes an element the most recent one.
    ///
    /// - Returns: the element that leaves the front because of it.
    mutating func use(_ slot: Slot) -> Element? {
        guard slot != self.newest else { return nil }
        self.leaveFront(slot)
        self.unlink(slot)
        self.link(slot, below: Self.none)
        return self.enterFront(slot)
    }

    /// Removes an element.
    ///
    /// - Returns: the element that enters the front in its place.
    mutating func remove(_ slot: Slot) -> Element? {
        self.leaveFront(slot)
        self.unlink(slot)
        self.nodes[slot].element = nil
        self.nodes[slot].older = self.unused
        self.unused = slot
        return self.extendFront()
    }

    /// Changes the size of the front.
    ///
    /// - Returns: the elements that enter or leave the front.
    mutating func useFrontMax(_ frontMax: Int) -> [Element] {
        self.frontMax = frontMax
        var changed: [Element] = []
        while self.frontCount > frontMax { changed.append(self.cutFront()) }
        while let entered = self.extendFront() { changed.append(entered) }
        return changed
    }
}

extension RecencyList: Sendable where Element: Sendable {}

extension RecencyList.Node: Sendable where Element: Sendable {}

// MARK: - The front

extension RecencyList {
    /// Puts the most recent element into the front, unless `frontMax` is 0.
    private mutating func enterFront(_ slot: Slot) -> Element? {
        guard self.frontMax > 0 else { return nil }
        self.nodes[slot].isInFront = true
        self.frontCount += 1
        if self.lastInFront == Self.none { self.lastInFront = slot }
        return self.frontCount > self.frontMax ? self.cutFront() : nil
    }

    private mutating func leaveFront(_ slot: Slot) {
        guard self.nodes[slot].isInFront else { return }
        self.nodes[slot].isInFront = false
        self.frontCount -= 1
        if self.lastInFront == slot { self.lastInFront = self.nodes[slot].newer }
    }

    private mutating func cutFront() -> Element {
        let last = self.lastInFront
        self.leaveFront(last)
        return self[last]
    }

    private mutating func extendFront() -> Element? {
        let next = self.lastInFront == Self.none ? self.newest : self.nodes[self.lastInFront].older
        guard self.frontCount < self.frontMax, next != Self.none else { return nil }
        self.nodes[next].isInFront = true
        self.frontCount += 1
        self.lastInFront = next
        return self[next]
    }
}

// MARK: - The links

extension RecencyList {
    private mutating func newNode(_ element: Element) -> Slot {
        let slot = self.unused
        guard slot != Self.none else {
            self.nodes.append(Node(element: element, newer: Self.none, older: Self.none))
            return self.nodes.count - 1
        }
        self.unused = self.nodes[slot].older
        self.nodes[slot] = Node(element: element, newer: Self.none, older: Self.none)
        return slot
    }

    private mutating func link(_ slot: Slot, below newer: Slot) {
        let older = newer == Self.none ? self.newest : self.nodes[newer].older
        self.nodes[slot].newer = newer
        self.nodes[slot].older = older
        if newer == Self.none { self.newest = slot } else { self.nodes[newer].older = slot }
        if older == Self.none { self.oldest = slot } else { self.nodes[older].newer = slot }
        self.count += 1
    }

    private mutating func unlink(_ slot: Slot) {
        let (newer, older) = (self.nodes[slot].newer, self.nodes[slot].older)
        if newer == Self.none { self.newest = older } else { self.nodes[newer].older = older }
        if older == Self.none { self.oldest = newer } else { self.nodes[older].newer = newer }
        self.count -= 1
    }
}
