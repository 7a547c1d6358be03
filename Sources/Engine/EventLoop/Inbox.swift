import CLinux
import Glibc

/// Datagrams from another event loop or thread for the connections of this loop.
protocol Delivery: Sendable {
    /// The bytes that the delivery holds in memory.
    var byteCount: Int { get }
    /// Runs on the event loop that it was posted to.
    func deliver()
}

/// Deliveries and work from other threads for one event loop, in a single list in the order of arrival.
///
/// The loop runs a part of the list in each turn, after its sockets. Other threads therefore cannot starve the loop's
/// own connections. The bytes of the deliveries are limited: a loop that fills another loop's inbox stops reading from
/// its own connections until there is room again.
final class Inbox: Sendable {
    /// The largest limit for the waiting bytes of an inbox, regardless of the configuration.
    static let bytesMaxEver = 1024 * 1024
    /// The maximum number of entries that one turn runs.
    static let entriesPerTurn = 256
    /// A turn stops taking entries once they hold this many bytes in total. The last entry may exceed the limit.
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
        /// Bytes of the deliveries that have not run yet, including those that the loop has already taken.
        var byteCount = 0
        var bytesMax = Inbox.bytesMaxEver
        /// Called once the inbox is at most half full again.
        var waiting: [Work] = []
        /// Whether the loop has been woken for the current entries.
        var isRung = false
        var hasEnded = false
    }

    private let contents = Locked(Contents())
    /// An eventfd, polled edge-triggered: each write is a new event, so the loop never reads it.
    let bell: CInt

    init() throws(SystemError) {
        self.bell = try SystemError.check(eventfd(0, CInt(EFD_NONBLOCK) | CInt(EFD_CLOEXEC)), "eventfd")
    }

    deinit { Descriptor.close(self.bell) }

    /// Bytes that wait to be delivered. Any thread.
    var byteCount: Int { self.contents.withLock { $0.byteCount } }

    /// Whether the loop has taken all entries. Any thread.
    var isEmpty: Bool { self.contents.withLock { $0.entries.isEmpty } }

    /// Sets the limit at which the inbox is full: half of `pendingBytesMax`, at most `bytesMaxEver`. Any thread.
    func use(pendingBytesMax: Int?) {
        let bytesMax = min(pendingBytesMax.map { $0 / 2 } ?? Self.bytesMaxEver, Self.bytesMaxEver)
        self.contents.withLock { $0.bytesMax = bytesMax }
    }

    /// Posts work. Any thread.
    ///
    /// - Returns: false if the loop has ended. The work then never runs.
    @discardableResult
    func post(_ work: @escaping Work) -> Bool {
        self.post { $0.entries.append(.work(work)) }
    }

    /// Posts a delivery. A full inbox still takes it. Any thread.
    ///
    /// - Parameter whenRoom: if the inbox is now full, called once on the receiving loop when there is room again.
    /// - Returns: whether the inbox is now full. If so, the sender stops reading until `whenRoom` is called.
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

    /// Posts a delivery whose sender limits the waiting bytes in another way. Any thread.
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

    /// Wakes the loop. Any thread.
    func ring() {
        var one: UInt64 = 1
        // The write fails only when the counter is at its maximum. The event is pending in this case already.
        _ = write(self.bell, &one, 8)
    }

    // MARK: Its event loop

    func takeAll() -> ContiguousArray<Entry> {
        self.contents.withLock { contents in
            defer { (contents.entries, contents.isRung) = ([], false) }
            return contents.entries
        }
    }

    /// Notes that the loop has delivered this many bytes.
    func delivered(_ byteCount: Int) {
        let told = self.contents.withLock { contents in
            contents.byteCount -= byteCount
            guard contents.byteCount <= contents.bytesMax / 2 else { return [Work]() }
            defer { contents.waiting = [] }
            return contents.waiting
        }
        for whenRoom in told { whenRoom() }
    }

    /// Ends the inbox: it takes no further entries.
    ///
    /// - Returns: the entries that the loop has not taken.
    func end() -> ContiguousArray<Entry> {
        self.contents.withLock { contents in
            contents.hasEnded = true
            defer { (contents.entries, contents.waiting) = ([], []) }
            return contents.entries
        }
    }
}
