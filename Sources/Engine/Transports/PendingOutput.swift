import Wire

/// The unsent output of one connection: the bytes that the kernel has not taken. It uses 8 bytes while empty.
struct PendingOutput {
    /// The largest limit, in bytes. It also applies to a connection without a configured limit.
    static let bytesMaxEver = 1 << 30

    private var queue: Queue?

    var byteCount: Int { self.queue?.byteCount ?? 0 }

    /// Datagrams whose last byte the kernel has not taken; 0 when the program frames its bytes itself.
    var datagramCount: Int { self.queue?.datagramCount ?? 0 }

    var isEmpty: Bool { self.queue == nil }

    /// Queues unsent frames. It does not check the limits.
    ///
    /// - Parameter shared: a buffer that ends with the same bytes, to be shared with other connections; nil copies the
    ///   bytes.
    mutating func append(_ unsent: UnsentFrames, sharing shared: SharedBytes? = nil, framing: Framing?) {
        let queue = self.queue ?? Queue(cutBytes: unsent.cutBytes)
        precondition(unsent.cutBytes == 0 || self.queue == nil, "the rest of a cut frame is queued behind other frames")
        self.queue = queue
        if let shared {
            queue.append(shared, unsent.bytes.count)
        } else {
            queue.append(copyOf: unsent.bytes)
        }
        if framing != nil { queue.datagramCount += unsent.datagramCount }
    }

    /// Calls `send` with one segment after another, until `send` takes less than a whole segment.
    ///
    /// - Parameter send: returns the number of bytes that it took.
    /// - Returns: the total of these bytes.
    mutating func drain(framing: Framing?, _ send: (UnsafeRawBufferPointer) -> Int) -> Int {
        guard let queue else { return 0 }
        let sent = queue.drain(framing: framing, send)
        if queue.byteCount == 0 { self.queue = nil }
        return sent
    }

    /// Discards all unsent bytes.
    ///
    /// - Returns: the number of discarded bytes.
    mutating func discard() -> Int {
        defer { self.queue = nil }
        return self.byteCount
    }

    /// Checks the age of the oldest byte.
    ///
    /// - Returns: true once that byte has been queued for `ageMax` or longer.
    func isTooOld(_ ageMax: Duration, at now: Instant) -> Bool {
        guard let queue else { return false }
        return queue.age.look(end: queue.bytesEver, waiting: queue.byteCount, ageMax: ageMax, at: now)
    }
}

extension PendingOutput {
    /// A FIFO queue of segments of bytes. It never moves more than one segment to make room.
    fileprivate final class Queue {
        /// The maximum size of a copied segment, in bytes. A shared segment holds a whole fan-out.
        static let segmentBytesMax = 16 * 1024

        private struct Segment {
            /// nil once the whole segment has been sent.
            var bytes: SharedBytes?
            var start: Int
        }

        var datagramCount = 0
        var age = PendingAge()
        private(set) var byteCount = 0
        /// All bytes appended to this queue, including the bytes already sent.
        private(set) var bytesEver = 0
        private var segments: ContiguousArray<Segment> = []
        /// The index of the first unsent segment.
        private var first = 0
        /// The last segment, which may still grow.
        private var tail = Bytes()
        /// The number of bytes of `tail` that have been sent.
        private var tailStart = 0
        /// The position of the first unsent byte within its frame.
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

        /// - Parameter byteCount: the number of bytes to queue, from the end of `shared`.
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
                guard let bytes = segment.bytes else { preconditionFailure("an unsent segment has no bytes") }
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

        /// Frees the memory of a sent segment at once. Its entry is removed later, together with others.
        ///
        /// Each removal moves all later entries. If each segment were removed alone, the cost would grow with the
        /// queue.
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
