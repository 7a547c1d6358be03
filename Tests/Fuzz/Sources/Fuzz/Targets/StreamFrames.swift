import Wire

@testable import Engine

/// The payloads of a stream before the first incomplete or oversized frame, found in one of three ways.
struct StreamFrames: Equatable {
    private(set) var payloads: [[UInt8]] = []
    private(set) var oversizedPayloadBytes: Int?

    /// Finds them with one scan of the whole stream.
    init(scanning stream: [UInt8], with scanner: FrameScanner) {
        withExactMemory(of: stream) { bytes in
            let run = scanner.scan(bytes)
            let frames = UnsafeRawBufferPointer(rebasing: bytes[..<run.byteCount])
            self.append(DatagramRun(bytes: frames, datagramCount: run.datagramCount, framing: scanner.framing))
            self.oversizedPayloadBytes = run.oversizedPayloadBytes
        }
    }

    /// Finds them as a reader does, piece by piece. The last piece is the rest of the stream.
    init(reading stream: [UInt8], inPieces pieces: [Int], with scanner: FrameScanner) {
        var reader = StreamReader(framing: scanner.framing, datagramBytesMax: scanner.payloadBytesMax)
        var rest = stream[...]
        for count in pieces + [stream.count] where self.oversizedPayloadBytes == nil {
            self.oversizedPayloadBytes = withExactMemory(of: rest.prefix(count)) { bytes in
                let step = reader.bytesReceived(bytes) { run in
                    self.append(run)
                    return run.bytes.count
                }
                return step.oversizedPayloadBytes
            }
            rest = rest.dropFirst(count)
        }
        expect(reader.tail.count <= stream.count, "a tail holds received bytes only, whatever length a header claims")
    }

    /// Finds them byte by byte, in the simplest way.
    init(takingApart stream: [UInt8], like scanner: FrameScanner) {
        var rest = stream[...]
        while rest.count >= scanner.framing.size {
            let count = rest.prefix(scanner.framing.size).reversed().reduce(0) { $0 << 8 | Int($1) }
            guard count <= scanner.payloadBytesMax else {
                self.oversizedPayloadBytes = count
                return
            }
            let frame = rest.dropFirst(scanner.framing.size)
            guard frame.count >= count else { return }
            self.payloads.append(Array(frame.prefix(count)))
            rest = frame.dropFirst(count)
        }
    }

    private mutating func append(_ run: DatagramRun) {
        let before = self.payloads.count
        run.forEachPayload { self.payloads.append(Array($0)) }
        expect(self.payloads.count - before == run.datagramCount, "a run has \(run.datagramCount) datagrams")
    }
}
