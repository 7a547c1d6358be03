import NIOCore
import Wire

/// The broadcasts of one loop turn, framed, back to back, in the order in which they came; once for each header in use.
struct BroadcastBatch {
    /// A framing's memory beyond this goes back once the batch is sent.
    static let bytesKept = 256 * 1024

    /// The same datagrams in one framing.
    struct Frames {
        var bytes = ByteBuffer()
        var datagramCount = 0
        /// Datagrams too long for this header, which its connections do not get.
        var unframeableCount = 0

        func copy() -> Frames {
            var copy = self
            copy.bytes = self.bytes.withUnsafeReadableBytes { ByteBuffer(bytes: $0) }
            return copy
        }

        mutating func clear() {
            if self.bytes.capacity > BroadcastBatch.bytesKept {
                self.bytes = ByteBuffer()
            } else {
                self.bytes.clear()
            }
            self.datagramCount = 0
            self.unframeableCount = 0
        }
    }

    private var two: Frames?
    private var four: Frames?

    /// Makes room for the connections of a listener with this header.
    mutating func use(_ header: TCPHeader) {
        switch header {
        case .two: self.two = self.two ?? Frames()
        case .four: self.four = self.four ?? Frames()
        }
    }

    var isEmpty: Bool { self.byteCount == 0 }

    /// Bytes in the larger framing.
    var byteCount: Int { max(self.two?.bytes.readableBytes ?? 0, self.four?.bytes.readableBytes ?? 0) }

    /// The batch as connections with `header` get it.
    ///
    /// - Precondition: `use(header)` was called before.
    func frames(_ header: TCPHeader) -> Frames {
        guard let frames = header == .two ? self.two : self.four else {
            preconditionFailure("a connection whose header no listener announced")
        }
        return frames
    }

    /// One framing, to be sent: nothing in it is counted by reference, which a fan-out would pay for with each connection.
    struct View {
        static var empty: View {
            View(bytes: UnsafeRawBufferPointer(start: nil, count: 0), datagramCount: 0, unframeableCount: 0)
        }

        let bytes: UnsafeRawBufferPointer
        let datagramCount: Int
        let unframeableCount: Int
    }

    /// Calls `body` with both framings; they hold until it returns. One that is not in use is empty.
    func withViews(_ body: (_ two: View, _ four: View) -> Void) {
        Self.withView(of: self.two) { two in Self.withView(of: self.four) { four in body(two, four) } }
    }

    private static func withView(of frames: Frames?, _ body: (View) -> Void) {
        guard let frames else { return body(.empty) }
        frames.bytes.withUnsafeReadableBytes { bytes in
            body(
                View(bytes: bytes, datagramCount: frames.datagramCount, unframeableCount: frames.unframeableCount)
            )
        }
    }

    /// Appends a run in every framing in use.
    ///
    /// - Returns: where the run stands among the bytes of its own framing.
    mutating func append(_ run: DatagramRun) -> Range<Int> {
        self.two?.append(run, as: .two)
        self.four?.append(run, as: .four)
        let end = self.frames(run.header).bytes.readableBytes
        return end - run.bytes.count..<end
    }

    /// Appends all of another batch, made with the same headers in use.
    mutating func append(_ other: BroadcastBatch) {
        self.two?.append(other.two)
        self.four?.append(other.four)
    }

    /// The same in memory of its own and of its size, to be handed to other event loops: what they share must not change.
    func copy() -> BroadcastBatch {
        var copy = BroadcastBatch()
        copy.two = self.two?.copy()
        copy.four = self.four?.copy()
        return copy
    }

    mutating func clear() {
        self.two?.clear()
        self.four?.clear()
    }
}

extension BroadcastBatch.Frames {
    fileprivate mutating func append(_ run: DatagramRun, as header: TCPHeader) {
        if run.header == header {
            self.bytes.writeBytes(run.bytes)
            self.datagramCount += run.datagramCount
        } else {
            run.forEachPayload { self.append(payload: $0, as: header) }
        }
    }

    private mutating func append(payload: UnsafeRawBufferPointer, as header: TCPHeader) {
        guard payload.count <= header.payloadBytesMax else {
            self.unframeableCount += 1
            return
        }
        self.bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: header.size + payload.count) { target in
            header.write(payloadBytes: payload.count, to: target)
            UnsafeMutableRawBufferPointer(rebasing: target[header.size...]).copyMemory(from: payload)
            return header.size + payload.count
        }
        self.datagramCount += 1
    }

    fileprivate mutating func append(_ other: BroadcastBatch.Frames?) {
        guard let other else { return }
        self.bytes.writeImmutableBuffer(other.bytes)
        self.datagramCount += other.datagramCount
        self.unframeableCount += other.unframeableCount
    }
}
