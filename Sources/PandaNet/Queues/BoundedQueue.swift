/// A bounded first-in-first-out queue with an overflow flag and a count of its bytes.
struct BoundedQueue<Element> {
    /// The rule for an element that is appended to a full queue.
    enum Overflow: Sendable {
        /// The queue drops the new element and sets the flag: Panda3D `queuedReturn.I`.
        case dropNewest
        /// The queue takes the element. The caller checks `holdsBack` and waits.
        case takeAnyway
        /// The new element replaces all others, even if the queue is not full: Panda3D `recentConnectionReader.cxx`.
        case keepLatest
    }

    /// Panda3D's `net-max-response-queue`.
    static var defaultMaxSize: Int { 50_000 }

    let overflow: Overflow
    let bytesMax: Int
    let byteCount: @Sendable (Element) -> Int
    var maxSize = Self.defaultMaxSize
    var overflowFlag = false
    private var elements = Queue<Element>()
    private(set) var bytes = 0

    /// - Parameters:
    ///   - bytesMax: the number of bytes at which the queue holds back, even below `maxSize`. This limit drops no
    ///     element.
    ///   - byteCount: the bytes of one element.
    init(overflow: Overflow, bytesMax: Int = .max, byteCount: @escaping @Sendable (Element) -> Int = { _ in 0 }) {
        self.overflow = overflow
        self.bytesMax = bytesMax
        self.byteCount = byteCount
    }

    var count: Int { self.elements.count }
    var isEmpty: Bool { self.elements.isEmpty }
    /// Whether the caller has to wait before it appends further elements.
    var holdsBack: Bool {
        switch self.overflow {
        case .dropNewest: self.bytes >= self.bytesMax
        case .takeAnyway: self.count >= self.maxSize || self.bytes >= self.bytesMax
        case .keepLatest: false
        }
    }

    /// Whether the queue is at most half full. Filling begins again only at this point, and not after each removed
    /// element.
    var isHalfEmpty: Bool { self.count <= self.maxSize / 2 && self.bytes <= self.bytesMax / 2 }

    /// - Returns: false if the element was dropped.
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
