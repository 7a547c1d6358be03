import NIOCore

/// One framing of the batch that a fan-out sends, copied once for all connections that can't take any of it now: a
/// thousand that are stuck would otherwise copy it a thousand times before the others' turn.
///
/// The first of them has a copy of its own, packed behind what waits for it already: one that is slow alone shares with nobody.
struct SharedBatch {
    /// Less is copied for each connection: what waits would be many small segments.
    static let bytesMin = 4096

    /// Valid while the fan-out goes on.
    private let bytes: UnsafeRawBufferPointer
    private var isNeeded = false
    private var copy: [ByteBuffer] = []

    /// - Parameter bytes: whole frames; none: nothing is shared.
    init(_ bytes: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)) {
        self.bytes = bytes
    }

    /// - Returns: the same bytes; nil where they are to be copied, being only a part of this batch, or the first time.
    mutating func segments(for unsent: UnsentFrames) -> [ByteBuffer]? {
        guard unsent.bytes.baseAddress == self.bytes.baseAddress, unsent.bytes.count == self.bytes.count,
            unsent.bytes.count >= Self.bytesMin
        else { return nil }
        guard self.isNeeded else {
            self.isNeeded = true
            return nil
        }
        if self.copy.isEmpty { self.copy = ByteSegments.shareable(self.bytes) }
        return self.copy
    }
}
