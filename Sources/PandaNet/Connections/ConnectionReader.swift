import NIOCore
import Wire

/// Turns what one connection receives into runs of whole frames.
///
/// Frames that lie whole in the received bytes are handed on in place. Only a frame that is cut by the end of a read is
/// copied, each byte of it once; its memory grows with the bytes that have come, never with the length that its header says.
struct ConnectionReader {
    /// A tail's memory beyond this goes back once its frame is whole.
    static let tailBytesKept = 4096

    private(set) var scanner: FrameScanner
    /// The beginning of a frame that has not all arrived.
    private(set) var tail = ByteBuffer()

    init(header: TCPHeader, datagramBytesMax: Int) {
        self.scanner = FrameScanner(header: header, payloadBytesMax: datagramBytesMax)
    }

    /// Holds another limit from the next bytes on, also for a frame that has not all arrived.
    mutating func use(datagramBytesMax: Int) {
        self.scanner = FrameScanner(header: self.scanner.header, payloadBytesMax: datagramBytesMax)
    }

    /// Takes the next bytes of the stream and hands on each run of frames that they complete, in order.
    ///
    /// - Returns: nil, or the payload length that an over-limit header says. Nothing after such a header can be
    ///   trusted, so the connection must end; the runs before it were handed on.
    mutating func bytesReceived(_ bytes: UnsafeRawBufferPointer, deliver: (DatagramRun) -> Void) -> Int? {
        var rest = bytes[...]
        if self.tail.readableBytes > 0 {
            switch self.completeTail(from: &rest) {
            case .wanting: return nil
            case .oversized(let payloadBytes): return payloadBytes
            case .whole:
                self.tail.withUnsafeReadableBytes { frame in
                    deliver(DatagramRun(bytes: frame, datagramCount: 1, header: self.scanner.header))
                }
                self.releaseTail()
            }
        }
        let unframed = UnsafeRawBufferPointer(rebasing: rest)
        let run = self.scanner.scan(unframed)
        if run.byteCount > 0 {
            let frames = UnsafeRawBufferPointer(rebasing: unframed[..<run.byteCount])
            deliver(DatagramRun(bytes: frames, datagramCount: run.datagramCount, header: self.scanner.header))
        }
        if let payloadBytes = run.oversizedPayloadBytes { return payloadBytes }
        if run.byteCount < unframed.count {
            self.tail.writeBytes(UnsafeRawBufferPointer(rebasing: unframed[run.byteCount...]))
        }
        return nil
    }

    private enum TailState {
        case wanting
        case whole
        case oversized(Int)
    }

    private mutating func completeTail(from rest: inout Slice<UnsafeRawBufferPointer>) -> TailState {
        let header = self.scanner.header
        self.moveToTail(from: &rest, upTo: header.size)
        guard self.tail.readableBytes >= header.size else { return .wanting }
        let payloadBytes = self.tail.withUnsafeReadableBytes { header.payloadBytes(in: $0, at: 0) }
        guard payloadBytes <= self.scanner.payloadBytesMax else { return .oversized(payloadBytes) }
        self.moveToTail(from: &rest, upTo: header.size + payloadBytes)
        return self.tail.readableBytes == header.size + payloadBytes ? .whole : .wanting
    }

    private mutating func moveToTail(from rest: inout Slice<UnsafeRawBufferPointer>, upTo byteCount: Int) {
        let missing = byteCount - self.tail.readableBytes
        guard missing > 0 else { return }
        self.tail.writeBytes(UnsafeRawBufferPointer(rebasing: rest.prefix(missing)))
        rest = rest.dropFirst(missing)
    }

    private mutating func releaseTail() {
        if self.tail.capacity > Self.tailBytesKept {
            self.tail = ByteBuffer()
        } else {
            self.tail.clear()
        }
    }
}
