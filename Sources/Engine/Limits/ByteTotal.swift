import Synchronization

/// Bytes that all connections of a manager hold together. What several of them share in memory counts for each. Any thread;
/// touched only where one holds more or less than before.
final class ByteTotal: Sendable {
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
