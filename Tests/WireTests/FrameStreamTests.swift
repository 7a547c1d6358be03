import SeededRandom
import Testing
import Wire

@Suite("Frames of a stream in pieces")
struct FrameStreamTests {
    /// A stream reader that appends each piece to the kept tail, and takes the run at its start.
    struct Reader {
        let scanner: FrameScanner
        var tail: [UInt8] = []
        var payloads: [[UInt8]] = []
        var oversizedPayloadBytes: Int?

        mutating func read(_ piece: some Sequence<UInt8>) {
            guard self.oversizedPayloadBytes == nil else { return }
            self.tail += piece
            let run = self.tail.withUnsafeBytes { self.scanner.scan($0) }
            let framing = self.scanner.framing
            var frameStart = 0
            for _ in 0..<run.datagramCount {
                let payloadBytes = self.tail.withUnsafeBytes { framing.payloadBytes(in: $0, at: frameStart) }
                let payloadStart = frameStart + framing.size
                frameStart = payloadStart + payloadBytes
                self.payloads.append(Array(self.tail[payloadStart..<frameStart]))
            }
            #expect(frameStart == run.byteCount)
            self.tail.removeFirst(run.byteCount)
            self.oversizedPayloadBytes = run.oversizedPayloadBytes
        }
    }

    static func frame(_ payload: [UInt8], framing: Framing) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: framing.size + payload.count)
        bytes.withUnsafeMutableBytes { bytes in payload.withUnsafeBytes { framing.write($0, to: bytes) } }
        return bytes
    }

    /// Empty payloads, a payload that looks like headers, and longer payloads.
    static let payloads: [[UInt8]] = [[], [1], [0, 0, 0, 0, 0], [], [], Array(1...20), [0xFF, 0xFF], []]

    @Test("two pieces give the same frames as one, wherever the stream is cut", arguments: Framing.allCases)
    func twoPieces(framing: Framing) {
        let stream = Self.payloads.flatMap { Self.frame($0, framing: framing) }
        for cut in 0...stream.count {
            var reader = Reader(scanner: FrameScanner(framing: framing, payloadBytesMax: 20))
            reader.read(stream.prefix(cut))
            reader.read(stream.dropFirst(cut))
            #expect(reader.payloads == Self.payloads)
            #expect(reader.tail == [])
            #expect(reader.oversizedPayloadBytes == nil)
        }
    }

    @Test("single bytes give the same frames", arguments: Framing.allCases)
    func drip(framing: Framing) {
        var reader = Reader(scanner: FrameScanner(framing: framing, payloadBytesMax: 20))
        for byte in Self.payloads.flatMap({ Self.frame($0, framing: framing) }) {
            reader.read([byte])
        }
        #expect(reader.payloads == Self.payloads)
        #expect(reader.tail == [])
    }

    @Test("a frame over the limit ends the stream, wherever the stream is cut", arguments: Framing.allCases)
    func oversized(framing: Framing) {
        let stream = Self.payloads.flatMap { Self.frame($0, framing: framing) }
        for cut in 0...stream.count {
            var reader = Reader(scanner: FrameScanner(framing: framing, payloadBytesMax: 19))
            reader.read(stream.prefix(cut))
            reader.read(stream.dropFirst(cut))
            #expect(reader.payloads == Array(Self.payloads.prefix(5)))
            #expect(reader.oversizedPayloadBytes == 20)
        }
    }

    @Test("random frames in random pieces arrive unchanged", arguments: Framing.allCases, 1...10)
    func random(framing: Framing, seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let payloads = (0..<200).map { _ in generator.bytes(count: Int.random(in: 0...300, using: &generator)) }
        var rest = payloads.flatMap { Self.frame($0, framing: framing) }[...]
        var reader = Reader(scanner: FrameScanner(framing: framing, payloadBytesMax: 300))
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...700, using: &generator))
            rest = rest.dropFirst(piece.count)
            reader.read(piece)
        }
        #expect(reader.payloads == payloads)
        #expect(reader.tail == [])
    }

    @Test("random bytes never give a run longer than the input", arguments: Framing.allCases, 1...10)
    func garbage(framing: Framing, seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        for _ in 0..<500 {
            let bytes = generator.bytes(count: Int.random(in: 0...64, using: &generator)).map { $0 < 192 ? $0 % 3 : $0 }
            let limit = Int.random(in: 0...300, using: &generator)
            let run = bytes.withUnsafeBytes { FrameScanner(framing: framing, payloadBytesMax: limit).scan($0) }
            #expect(run.byteCount <= bytes.count)
            #expect(run.datagramCount * framing.size <= run.byteCount)
            if let payloadBytes = run.oversizedPayloadBytes {
                #expect(payloadBytes > limit)
            }
        }
    }
}
