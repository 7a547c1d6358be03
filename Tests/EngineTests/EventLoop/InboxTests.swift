import Glibc
import Testing

@testable import Engine

@Suite("Inbox")
struct InboxTests {
    private let inbox: Inbox

    init() throws {
        self.inbox = try Inbox()
    }

    /// The number of wake-ups since the last call.
    private func ringCount() -> UInt64 {
        var count: UInt64 = 0
        return read(self.inbox.bell, &count, 8) == 8 ? count : 0
    }

    @Test("only the first post after the inbox was emptied wakes the loop")
    func rings() {
        #expect(self.inbox.post {})
        _ = self.inbox.post(Parcel(3)) {}
        self.inbox.post(Parcel(4))
        #expect(self.ringCount() == 1)
        #expect(self.inbox.takeAll().map(\.byteCount) == [0, 3, 4])
        #expect(self.inbox.takeAll().isEmpty)
        self.inbox.post {}
        #expect(self.ringCount() == 1)
    }

    @Test("each sender that filled the inbox, or found it full, is told once, when half of it has been delivered")
    func room() {
        self.inbox.use(pendingBytesMax: 2_000)
        let told = Locked<[Int]>([])
        func post(_ number: Int, _ byteCount: Int) -> Bool {
            self.inbox.post(Parcel(byteCount)) { told.withLock { $0.append(number) } }
        }
        #expect(!post(0, 999))
        #expect(post(1, 1))
        #expect(post(2, 500))
        #expect(self.inbox.byteCount == 1_500)
        // Deliveries that the loop has taken but not finished still count.
        #expect(self.inbox.takeAll().count == 3)
        #expect(self.inbox.byteCount == 1_500)
        self.inbox.delivered(999)
        #expect(told.withLock { $0 } == [])
        self.inbox.delivered(1)
        #expect(told.withLock { $0 } == [1, 2])
        self.inbox.delivered(500)
        #expect(told.withLock { $0 } == [1, 2] && self.inbox.byteCount == 0)
        #expect(!post(3, 999))
    }

    @Test("deliveries without a callback count against the limit")
    func unbounded() {
        self.inbox.use(pendingBytesMax: 200)
        self.inbox.post(Parcel(150))
        #expect(self.inbox.byteCount == 150)
        #expect(self.inbox.post(Parcel(1)) {})
    }

    @Test(
        "the limit is half of a connection's pending bytes, and at most the inbox's own maximum",
        arguments: [(1000, 500), (nil, Inbox.bytesMaxEver), (1 << 30, Inbox.bytesMaxEver)] as [(Int?, Int)]
    )
    func bytesMax(pendingBytesMax: Int?, expected: Int) {
        self.inbox.use(pendingBytesMax: 7)
        self.inbox.use(pendingBytesMax: pendingBytesMax)
        #expect(!self.inbox.post(Parcel(expected - 1)) {})
        #expect(self.inbox.post(Parcel(1)) {})
    }

    @Test("an inbox without a configured limit uses its own maximum")
    func bytesMaxFirst() {
        #expect(!self.inbox.post(Parcel(Inbox.bytesMaxEver - 1)) {})
        #expect(self.inbox.post(Parcel(1)) {})
    }

    @Test("an ended inbox returns its untaken entries and refuses new ones")
    func end() {
        self.inbox.post(Parcel(1))
        #expect(self.inbox.end().map(\.byteCount) == [1])
        #expect(!self.inbox.post {})
        #expect(!self.inbox.post(Parcel(Inbox.bytesMaxEver)) {})
        #expect(self.inbox.end().isEmpty)
    }
}

/// A delivery with a byte count and no effect.
private struct Parcel: Delivery {
    let byteCount: Int

    init(_ byteCount: Int) {
        self.byteCount = byteCount
    }

    func deliver() {}
}
