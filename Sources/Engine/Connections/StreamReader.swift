import Wire

/// Turns what one connection receives into runs of whole frames.
///
/// Frames that lie whole in the received bytes are handed on in place. Only a frame that is cut by the end of a read is
/// copied, each byte of it once; its memory grows with the bytes that have come, never with the length that its header says.
struct StreamReader: ~Copyable {
    /// A tail's memory beyond this goes back once its frame is whole.
    static let tailBytesKept = 4096

    private(set) var scanner: FrameScanner
    /// The beginning of a frame that has not all arrived.
    private(set) var tail = Bytes()

    init(framing: Framing, datagramBytesMax: Int) {
        self.scanner = FrameScanner(framing: framing, payloadBytesMax: datagramBytesMax)
    }

    /// Holds another limit from the next bytes on, also for a frame that has not all arrived.
    mutating func use(datagramBytesMax: Int) {
        self.scanner = FrameScanner(framing: self.scanner.framing, payloadBytesMax: datagramBytesMax)
    }

    /// How far one call of `bytesReceived` came.
    struct Step: Equatable {
        /// Bytes that need not come again.
        var usedBytes: Int
        /// Bytes of the whole frame that was not taken and comes first the next time; nil when all were taken.
        var nextFrameBytes: Int?
        /// The payload length that an over-limit header says. Nothing after such a header can be trusted, so the connection
        /// must end; the runs before it were handed on.
        var oversizedPayloadBytes: Int?
    }

    /// Takes the next bytes of the stream and hands on each run of frames that they complete, in order.
    ///
    /// - Parameters:
    ///   - bytes: those that the last call has not used come first.
    ///   - datagramsMax: frames that may be handed on.
    ///   - deliver: returns how many bytes it has taken, whole frames; no more are handed on once it leaves some.
    mutating func bytesReceived(
        _ bytes: UnsafeRawBufferPointer,
        datagramsMax: Int = .max,
        deliver: (DatagramRun) -> Int
    ) -> Step {
        var rest = bytes[...]
        var datagramsLeft = datagramsMax
        if self.tail.count > 0 {
            switch self.completeTail(from: &rest) {
            case .wanting: return Step(usedBytes: bytes.count)
            case .oversized(let payloadBytes):
                return Step(usedBytes: bytes.count, oversizedPayloadBytes: payloadBytes)
            case .whole:
                guard datagramsLeft > 0, self.deliverTail(deliver) else {
                    return Step(usedBytes: rest.startIndex, nextFrameBytes: self.tail.count)
                }
                self.releaseTail()
                datagramsLeft -= 1
            }
        }
        let unframed = UnsafeRawBufferPointer(rebasing: rest)
        var run = self.scanner.scan(unframed, datagramsMax: datagramsLeft)
        if run.byteCount > 0 {
            let frames = UnsafeRawBufferPointer(rebasing: unframed[..<run.byteCount])
            let takenBytes = deliver(
                DatagramRun(bytes: frames, datagramCount: run.datagramCount, framing: self.scanner.framing)
            )
            if takenBytes < run.byteCount {
                let nextFrameBytes = self.scanner.framing.frameBytes(in: frames, at: takenBytes)
                return Step(usedBytes: rest.startIndex + takenBytes, nextFrameBytes: nextFrameBytes)
            }
        }
        let unused = UnsafeRawBufferPointer(rebasing: unframed[run.byteCount...])
        if run.datagramCount == datagramsLeft {
            let next = self.scanner.scan(unused, datagramsMax: 1)
            if next.datagramCount > 0 {
                return Step(usedBytes: rest.startIndex + run.byteCount, nextFrameBytes: next.byteCount)
            }
            run.oversizedPayloadBytes = next.oversizedPayloadBytes
        }
        if run.oversizedPayloadBytes == nil, !unused.isEmpty { self.tail.append(unused) }
        return Step(usedBytes: bytes.count, oversizedPayloadBytes: run.oversizedPayloadBytes)
    }

    /// - Returns: whether it was taken.
    private func deliverTail(_ deliver: (DatagramRun) -> Int) -> Bool {
        let frame = self.tail.view
        return deliver(DatagramRun(bytes: frame, datagramCount: 1, framing: self.scanner.framing)) == frame.count
    }

    private enum TailState {
        case wanting
        case whole
        case oversized(Int)
    }

    private mutating func completeTail(from rest: inout Slice<UnsafeRawBufferPointer>) -> TailState {
        let framing = self.scanner.framing
        self.moveToTail(from: &rest, upTo: framing.size)
        guard self.tail.count >= framing.size else { return .wanting }
        let payloadBytes = framing.payloadBytes(in: self.tail.view, at: 0)
        guard payloadBytes <= self.scanner.payloadBytesMax else { return .oversized(payloadBytes) }
        self.moveToTail(from: &rest, upTo: framing.size + payloadBytes)
        return self.tail.count == framing.size + payloadBytes ? .whole : .wanting
    }

    private mutating func moveToTail(from rest: inout Slice<UnsafeRawBufferPointer>, upTo byteCount: Int) {
        let missing = byteCount - self.tail.count
        guard missing > 0 else { return }
        self.tail.append(UnsafeRawBufferPointer(rebasing: rest.prefix(missing)))
        rest = rest.dropFirst(missing)
    }

    private mutating func releaseTail() {
        self.tail.removeAll(keepingCapacityUpTo: Self.tailBytesKept)
    }
}
