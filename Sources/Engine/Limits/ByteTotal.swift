import Synchronization

/// The number of bytes that all connections of a manager hold together. Any thread.
///
/// Memory that several connections share counts once for each of them. A connection updates the total only when the
/// number of its bytes changes.
final class ByteTotal: Sendable {
    /// `Int.max` means no limit.
    private let bytesMax = Atomic<Int>(.max)
    private let bytes = Atomic<Int>(0)

    var byteCount: Int { self.bytes.load(ordering: .relaxed) }

    /// The number of bytes that may still be added; negative while the total exceeds the limit. Another event loop may
    /// add bytes at the same time.
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
