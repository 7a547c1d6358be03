/// A first-in-first-out queue with a bound, an overflow flag, and a count of the bytes in it.
struct BoundedQueue<Element> {
    /// What happens to an element when the queue is full.
    enum Overflow: Sendable {
        /// The newest is dropped and the flag set: Panda3D `queuedReturn.I`.
        case dropNewest
        /// It is taken; the caller looks at `holdsBack` and waits.
        case takeAnyway
        /// It replaces the others: Panda3D `recentConnectionReader.cxx`.
        case keepLatest
    }

    /// Panda3D `net-max-response-queue`.
    static var defaultMaxSize: Int { 50_000 }

    let overflow: Overflow
    let bytesMax: Int
    let byteCount: @Sendable (Element) -> Int
    var maxSize = Self.defaultMaxSize
    var overflowFlag = false
    private var elements = Queue<Element>()
    private(set) var bytes = 0

    /// - Parameters:
    ///   - bytesMax: the queue is full from here on too; nothing is dropped for its bytes.
    ///   - byteCount: of one element.
    init(overflow: Overflow, bytesMax: Int = .max, byteCount: @escaping @Sendable (Element) -> Int = { _ in 0 }) {
        self.overflow = overflow
        self.bytesMax = bytesMax
        self.byteCount = byteCount
    }

    var count: Int { self.elements.count }
    var isEmpty: Bool { self.elements.isEmpty }
    /// Whether the caller has to wait before it appends more.
    var holdsBack: Bool {
        switch self.overflow {
        case .dropNewest: self.bytes >= self.bytesMax
        case .takeAnyway: self.count >= self.maxSize || self.bytes >= self.bytesMax
        case .keepLatest: false
        }
    }

    /// Whether so much was taken out that filling may go on: it does not start again for each single element.
    var isHalfEmpty: Bool { self.count <= self.maxSize / 2 && self.bytes <= self.bytesMax / 2 }

    /// - Returns: false when the element was dropped.
    @discardableResult
    mutating func append(_ element: Element) -> Bool {
        switch self.overflow {
        case .takeAnyway: break
        case .dropNewest:
            guard self.count < self.maxSize else {
                self.overflowFlag = true
                return false
            }
        case .keepLatest:
            self.elements.removeAll()
            self.bytes = 0
        }
        self.elements.append(element)
        self.bytes += self.byteCount(element)
        return true
    }

    mutating func takeFirst() -> Element? {
        guard let element = self.elements.popFirst() else { return nil }
        self.bytes -= self.byteCount(element)
        return element
    }
}

extension BoundedQueue: Sendable where Element: Sendable {}
