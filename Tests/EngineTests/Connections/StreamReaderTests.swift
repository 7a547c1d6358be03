import EngineSupport
import Testing
import Wire

@testable import Engine

@Suite("StreamReader")
struct StreamReaderTests {
    static let payloads: [[UInt8]] = [
        [1, 2, 3], [], [4], Array(repeating: 5, count: 300), [], [], [6, 7], Array(repeating: 8, count: 70),
    ]

    /// The payloads that a reader has delivered, and the bytes that it keeps.
    private struct Reading {
        let payloads: [[UInt8]]
        let oversized: Int?
        let tailBytes: Int
        let tailCapacity: Int

        init(_ payloads: [[UInt8]], _ oversized: Int? = nil, _ reader: borrowing StreamReader) {
            self.payloads = payloads
            self.oversized = oversized
            self.tailBytes = reader.tail.count
            self.tailCapacity = reader.tail.capacity
        }
    }

    /// Feeds a stream to a reader in these pieces.
    private func read(
        _ pieces: [ArraySlice<UInt8>],
        framing: Framing,
        max: Int = 65_535
    ) -> Reading {
        var reader = StreamReader(framing: framing, datagramBytesMax: max)
        var payloads: [[UInt8]] = []
        for piece in pieces {
            let step = piece.withUnsafeBytes { bytes in
                reader.bytesReceived(bytes) { run in
                    #expect(run.payloads.count == run.datagramCount)
                    payloads += run.payloads
                    return run.bytes.count
                }
            }
            if let oversized = step.oversizedPayloadBytes { return Reading(payloads, oversized, reader) }
        }
        return Reading(payloads, nil, reader)
    }

    @Test("each split of a stream in two pieces gives the same datagrams", arguments: Framing.streams)
    func everySplit(framing: Framing) {
        let stream = Self.payloads.flatMap { frame($0, framing) }
        for split in 0...stream.count {
            let result = self.read([stream[..<split], stream[split...]], framing: framing)
            #expect(result.payloads == Self.payloads, "split at \(split)")
            #expect(result.tailBytes == 0)
        }
    }

    @Test("pieces of any size give the same datagrams", arguments: Framing.streams)
    func pieces(framing: Framing) {
        let stream = Self.payloads.flatMap { frame($0, framing) }
        for size in 1...stream.count {
            let pieces = stride(from: 0, to: stream.count, by: size).map { stream[$0..<min($0 + size, stream.count)] }
            #expect(self.read(pieces, framing: framing).payloads == Self.payloads, "pieces of \(size)")
        }
    }

    @Test("whole frames are delivered in one run without a copy")
    func wholeFramesInPlace() {
        var reader = StreamReader(framing: .two, datagramBytesMax: 100)
        let stream = frame([1]) + frame([2, 2]) + [9]
        stream.withUnsafeBytes { bytes in
            var runs = 0
            let step = reader.bytesReceived(bytes) { run in
                runs += 1
                #expect(run.bytes.baseAddress == bytes.baseAddress)
                #expect(run.bytes.count == 7)
                #expect(run.datagramCount == 2)
                return run.bytes.count
            }
            #expect(step == StreamReader.Step(usedBytes: 8))
            #expect(runs == 1)
        }
        #expect(reader.tail.count == 1)
    }

    @Test(
        "a length one over the limit ends the stream at its header, wherever the stream is split",
        arguments: Framing.streams
    )
    func oversized(framing: Framing) {
        let good = frame(Array(repeating: 1, count: 10), framing)
        let bad = frame(Array(repeating: 2, count: 11), framing).prefix(framing.size)
        let stream = good + bad
        for split in 0...stream.count {
            let result = self.read([stream[..<split], stream[split...]], framing: framing, max: 10)
            #expect(result.oversized == 11, "split at \(split)")
            #expect(result.payloads == [Array(repeating: 1, count: 10)])
        }
    }

    @Test("the largest length that a header can claim is refused before any memory is allocated")
    func lyingHeader() {
        let result = self.read([[0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]], framing: .four)
        #expect(result.oversized == 0xFFFF_FFFF)
        #expect(result.tailCapacity == 0)
    }

    @Test("the memory of an incomplete frame grows with its bytes and is freed when the frame is whole")
    func tailMemory() {
        var reader = StreamReader(framing: .two, datagramBytesMax: 65_535)
        let bytes = frame(Array(repeating: 1, count: 60_000))
        var datagrams = 0
        let count = { (run: DatagramRun) in
            datagrams += run.datagramCount
            return run.bytes.count
        }
        for (end, capacityMax) in [(10, 64), (1_000, 4_096), (30_000, 65_536)] {
            let start = reader.tail.count
            _ = bytes[start..<end].withUnsafeBytes { reader.bytesReceived($0, deliver: count) }
            #expect(reader.tail.count == end)
            #expect(reader.tail.capacity <= capacityMax)
        }
        _ = bytes[30_000...].withUnsafeBytes { reader.bytesReceived($0, deliver: count) }
        #expect(datagrams == 1)
        #expect(reader.tail.capacity == 0)
    }

    /// Feeds a stream to a reader that delivers at most `datagramsMax` datagrams at a time, to a service that takes
    /// `takenAtOnce` of them. Feeds the remaining bytes again until all are used.
    private func read(
        _ pieces: [ArraySlice<UInt8>],
        framing: Framing,
        datagramsMax: Int,
        takenAtOnce: Int
    ) -> Reading {
        var reader = StreamReader(framing: framing, datagramBytesMax: 65_535)
        var payloads: [[UInt8]] = []
        for piece in pieces {
            var rest = piece
            while true {
                let step = rest.withUnsafeBytes { bytes in
                    reader.bytesReceived(bytes, datagramsMax: datagramsMax) { run in
                        let taken = run.prefix(bytesMax: .max, datagramsMax: takenAtOnce)
                        payloads += taken.payloads
                        return taken.bytes.count
                    }
                }
                rest = rest.dropFirst(step.usedBytes)
                guard let nextFrameBytes = step.nextFrameBytes else { break }
                #expect(nextFrameBytes == framing.size + Self.payloads[payloads.count].count)
            }
            #expect(rest.isEmpty)
        }
        return Reading(payloads, nil, reader)
    }

    @Test(
        "datagrams that the service did not take come again, wherever the stream is split",
        arguments: Framing.streams,
        [1, 2, 3]
    )
    func takenInParts(framing: Framing, atOnce: Int) {
        let stream = Self.payloads.flatMap { frame($0, framing) }
        for split in 0...stream.count {
            let pieces = [stream[..<split], stream[split...]]
            for (datagramsMax, takenAtOnce) in [(.max, atOnce), (atOnce, .max)] {
                let result = self.read(pieces, framing: framing, datagramsMax: datagramsMax, takenAtOnce: takenAtOnce)
                #expect(result.payloads == Self.payloads, "split at \(split)")
                #expect(result.tailBytes == 0)
            }
        }
    }

    @Test("a reader with a limit of 0 datagrams keeps an incomplete frame and refuses an oversized one")
    func noneAllowed() {
        var reader = StreamReader(framing: .two, datagramBytesMax: 100)
        let step = { (reader: inout StreamReader, bytes: [UInt8]) in
            bytes.withUnsafeBytes { reader.bytesReceived($0, datagramsMax: 0) { _ in preconditionFailure("a run") } }
        }
        #expect(step(&reader, frame([1]) + [9]) == StreamReader.Step(usedBytes: 0, nextFrameBytes: 3))
        #expect(reader.tail.count == 0)
        #expect(step(&reader, [1]) == StreamReader.Step(usedBytes: 1))
        #expect(step(&reader, [0, 7, 8]) == StreamReader.Step(usedBytes: 2, nextFrameBytes: 3))
        #expect(step(&reader, [8]) == StreamReader.Step(usedBytes: 0, nextFrameBytes: 3))
        var other = StreamReader(framing: .two, datagramBytesMax: 100)
        #expect(
            step(&other, [101, 0, 1]) == StreamReader.Step(usedBytes: 3, oversizedPayloadBytes: 101)
        )
    }
}
