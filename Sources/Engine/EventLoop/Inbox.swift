import CLinux
import Glibc

/// Datagrams that another event loop or thread has for this loop's connections.
protocol Delivery: Sendable {
    /// What it holds in memory.
    var byteCount: Int { get }
    /// On the event loop that it was posted to.
    func deliver()
}

/// What other threads have for one event loop, one list in the order in which it came: datagrams to be delivered, and work.
///
/// The loop takes a part of it in each turn, behind its sockets, so that others can't keep it from its own connections. What
/// is to be delivered is bounded: who fills the inbox stops reading from its own connections until there is room again.
final class Inbox: Sendable {
    /// The most that waits to be delivered, whatever the limits.
    static let bytesMaxEver = 1024 * 1024
    /// Entries that one turn takes.
    static let entriesPerTurn = 256
    /// Bytes that one turn takes, and what the entry behind them has.
    static let bytesPerTurn = 256 * 1024

    typealias Work = @Sendable () -> Void

    enum Entry {
        case work(Work)
        case delivery(any Delivery)

        var byteCount: Int {
            switch self {
            case .work: 0
            case .delivery(let delivery): delivery.byteCount
            }
        }
    }

    private struct Contents {
        var entries: ContiguousArray<Entry> = []
        /// Of deliveries, those included that the loop has taken and not done.
        var byteCount = 0
        var bytesMax = Inbox.bytesMaxEver
        /// Told once there is room again.
        var waiting: [Work] = []
        /// Whether the loop knows that there is something.
        var isRung = false
        var hasEnded = false
    }

    private let contents = Locked(Contents())
    /// An eventfd, polled edge-triggered: each write is a new event, and nobody has to read it.
    let bell: CInt

    init() throws(SystemError) {
        self.bell = try SystemError.check(eventfd(0, CInt(EFD_NONBLOCK) | CInt(EFD_CLOEXEC)), "eventfd")
    }

    deinit { Descriptor.close(self.bell) }

    /// Bytes that wait to be delivered. Any thread.
    var byteCount: Int { self.contents.withLock { $0.byteCount } }

    /// Whether its loop has taken all that came. Any thread.
    var isEmpty: Bool { self.contents.withLock { $0.entries.isEmpty } }

    /// From how many bytes on it is full. Any thread.
    func use(pendingBytesMax: Int?) {
        let bytesMax = min(pendingBytesMax.map { $0 / 2 } ?? Self.bytesMaxEver, Self.bytesMaxEver)
        self.contents.withLock { $0.bytesMax = bytesMax }
    }

    /// Any thread.
    ///
    /// - Returns: false, and nothing will be done, once the loop has ended.
    @discardableResult
    func post(_ work: @escaping Work) -> Bool {
        self.post { $0.entries.append(.work(work)) }
    }

    /// Takes the delivery even where it is full. Any thread.
    ///
    /// - Parameter whenRoom: called once, on the receiving loop, where it is full with that.
    /// - Returns: whether it is full: the sender stops reading until `whenRoom` is called.
    func post(_ delivery: any Delivery, whenRoom: @escaping Work) -> Bool {
        var isFull = false
        self.post { contents in
            contents.entries.append(.delivery(delivery))
            contents.byteCount += delivery.byteCount
            isFull = contents.byteCount >= contents.bytesMax
            if isFull { contents.waiting.append(whenRoom) }
        }
        return isFull
    }

    /// Takes a delivery that is bounded elsewhere. Any thread.
    func post(_ delivery: any Delivery) {
        self.post { contents in
            contents.entries.append(.delivery(delivery))
            contents.byteCount += delivery.byteCount
        }
    }

    @discardableResult
    private func post(_ append: (inout Contents) -> Void) -> Bool {
        let (isTaken, rings) = self.contents.withLock { contents in
            if contents.hasEnded { return (false, false) }
            append(&contents)
            defer { contents.isRung = true }
            return (true, !contents.isRung)
        }
        if rings { self.ring() }
        return isTaken
    }

    /// Ends the wait of the loop. Any thread.
    func ring() {
        var one: UInt64 = 1
        // It fails only where the counter is at its end, which is an event already.
        _ = write(self.bell, &one, 8)
    }

    // MARK: Its event loop

    func takeAll() -> ContiguousArray<Entry> {
        self.contents.withLock { contents in
            defer { (contents.entries, contents.isRung) = ([], false) }
            return contents.entries
        }
    }

    /// So many bytes were delivered.
    func delivered(_ byteCount: Int) {
        let told = self.contents.withLock { contents in
            contents.byteCount -= byteCount
            guard contents.byteCount <= contents.bytesMax / 2 else { return [Work]() }
            defer { contents.waiting = [] }
            return contents.waiting
        }
        for whenRoom in told { whenRoom() }
    }

    /// - Returns: what was not taken.
    func end() -> ContiguousArray<Entry> {
        self.contents.withLock { contents in
            contents.hasEnded = true
            defer { (contents.entries, contents.waiting) = ([], []) }
            return contents.entries
        }
    }
}
