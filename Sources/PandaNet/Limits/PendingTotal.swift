import Synchronization

/// The bytes that wait for all peers of a manager together. They count for each peer, also where peers share them in memory,
/// which then is less. Any thread; touched only when a peer does not take all at once.
final class PendingTotal: Sendable {
    /// `Int.max` is no limit.
    private let bytesMax = Atomic<Int>(.max)
    private let bytes = Atomic<Int>(0)

    var byteCount: Int { self.bytes.load(ordering: .relaxed) }

    /// What may still be added; below zero where a limit was lowered. Another event loop may be about to add too.
    var room: Int { self.bytesMax.load(ordering: .relaxed) - self.byteCount }

    func use(bytesMax: Int?) {
        self.bytesMax.store(bytesMax ?? .max, ordering: .relaxed)
    }

    func add(_ count: Int) {
        self.bytes.wrappingAdd(count, ordering: .relaxed)
    }

    func remove(_ count: Int) {
        self.bytes.wrappingSubtract(count, ordering: .relaxed)
    }
}
