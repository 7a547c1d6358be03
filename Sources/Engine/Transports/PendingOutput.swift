import Wire

/// What one connection still has to send after the kernel took no more. It takes 8 bytes while nothing waits.
struct PendingOutput {
    /// What even a connection without a limit may have waiting.
    static let bytesMaxEver = 1 << 30

    private var queue: Queue?

    /// Bytes that the kernel has not taken.
    var byteCount: Int { self.queue?.byteCount ?? 0 }

    /// Datagrams of which it has not taken the last byte; 0 where nobody knows where they end.
    var datagramCount: Int { self.queue?.datagramCount ?? 0 }

    var isEmpty: Bool { self.queue == nil }

    /// Takes over what did not go, whatever the limits.
    ///
    /// - Parameter shared: the same bytes, to be shared with others; nil: they are copied.
    mutating func append(_ unsent: UnsentFrames, sharing shared: SharedBytes? = nil, framing: Framing?) {
        let queue = self.queue ?? Queue(cutBytes: unsent.cutBytes)
        precondition(unsent.cutBytes == 0 || self.queue == nil, "the rest of a frame behind other frames")
        self.queue = queue
        if let shared {
            queue.append(shared, unsent.bytes.count)
        } else {
            queue.append(copyOf: unsent.bytes)
        }
        if framing != nil { queue.datagramCount += unsent.datagramCount }
    }

    /// Offers what waits to `send` a segment at a time, until it does not take all of one. It returns how many bytes it took.
    ///
    /// - Returns: how many these were together.
    mutating func drain(framing: Framing?, _ send: (UnsafeRawBufferPointer) -> Int) -> Int {
        guard let queue else { return 0 }
        let sent = queue.drain(framing: framing, send)
        if queue.byteCount == 0 { self.queue = nil }
        return sent
    }

    /// Nothing of it is to be sent any more.
    ///
    /// - Returns: how many bytes that were.
    mutating func discard() -> Int {
        defer { self.queue = nil }
        return self.byteCount
    }

    /// Looks how long the oldest byte has waited.
    ///
    /// - Returns: whether that is `ageMax` or longer.
    func isTooOld(_ ageMax: Duration, at now: Instant) -> Bool {
        guard let queue else { return false }
        return queue.age.look(end: queue.bytesEver, waiting: queue.byteCount, ageMax: ageMax, at: now)
    }
}

extension PendingOutput {
    /// The bytes, first in first out, in segments: no more than one segment is ever moved to make room.
    fileprivate final class Queue {
        /// The most that one is made of here, in bytes. A shared one has its whole fan-out.
        static let segmentBytesMax = 16 * 1024

        private struct Segment {
            /// nil once it is gone.
            var bytes: SharedBytes?
            var start: Int
        }

        var datagramCount = 0
        var age = PendingAge()
        private(set) var byteCount = 0
        /// Bytes that have waited since there was nothing, or still do.
        private(set) var bytesEver = 0
        private var segments: ContiguousArray<Segment> = []
        /// The first segment that is not gone.
        private var first = 0
        /// Bytes behind the last segment, which may still grow.
        private var tail = Bytes()
        /// How much of `tail` has left.
        private var tailStart = 0
        /// Where the first byte that waits stands in its frame.
        private var cursor: FrameCursor

        init(cutBytes: Int) {
            self.cursor = FrameCursor(cutBytes: cutBytes)
        }

        func append(copyOf bytes: UnsafeRawBufferPointer) {
            var rest = bytes[...]
            while !rest.isEmpty {
                if self.tail.count >= Self.segmentBytesMax { self.sealTail() }
                let part = rest.prefix(Self.segmentBytesMax - self.tail.count)
                self.tail.append(UnsafeRawBufferPointer(rebasing: part))
                rest = rest.dropFirst(part.count)
            }
            self.byteCount += bytes.count
            self.bytesEver += bytes.count
        }

        /// - Parameter byteCount: how many bytes at the end of `shared` are meant.
        func append(_ shared: SharedBytes, _ byteCount: Int) {
            self.sealTail()
            self.segments.append(Segment(bytes: shared, start: shared.count - byteCount))
            self.byteCount += byteCount
            self.bytesEver += byteCount
        }

        private func sealTail() {
            guard self.tail.count > self.tailStart else { return self.clearTail() }
            var sealed = Bytes()
            swap(&sealed, &self.tail)
            self.segments.append(Segment(bytes: SharedBytes(sealed), start: self.tailStart))
            self.tailStart = 0
        }

        private func clearTail() {
            self.tail.removeAll(keepingCapacityUpTo: Self.segmentBytesMax)
            self.tailStart = 0
        }

        func drain(framing: Framing?, _ send: (UnsafeRawBufferPointer) -> Int) -> Int {
            let before = self.byteCount
            while self.first < self.segments.count {
                let segment = self.segments[self.first]
                guard let bytes = segment.bytes else { preconditionFailure("a segment that is gone") }
                let view = UnsafeRawBufferPointer(rebasing: bytes.view[segment.start...])
                let sent = send(view)
                self.left(UnsafeRawBufferPointer(rebasing: view[..<sent]), framing)
                guard sent == view.count else {
                    self.segments[self.first].start += sent
                    return before - self.byteCount
                }
                self.removeFirstSegment()
            }
            let view = UnsafeRawBufferPointer(rebasing: self.tail.view[self.tailStart...])
            guard !view.isEmpty else { return before - self.byteCount }
            let sent = send(view)
            self.left(UnsafeRawBufferPointer(rebasing: view[..<sent]), framing)
            self.tailStart += sent
            if self.tailStart == self.tail.count { self.clearTail() }
            return before - self.byteCount
        }

        /// Its memory goes at once. Its entry goes with others: moving the rest each time would cost more the more there are.
        private func removeFirstSegment() {
            self.segments[self.first].bytes = nil
            self.first += 1
            guard self.first == self.segments.count || self.first > 32 else { return }
            self.segments.removeFirst(self.first)
            self.first = 0
        }

        private func left(_ bytes: UnsafeRawBufferPointer, _ framing: Framing?) {
            self.byteCount -= bytes.count
            if let framing { self.datagramCount -= self.cursor.pass(bytes, framing) }
        }
    }
}
