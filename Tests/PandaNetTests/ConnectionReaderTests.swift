import Testing
import Wire

@testable import PandaNet

@Suite("ConnectionReader")
struct ConnectionReaderTests {
    static let payloads: [[UInt8]] = [
        [1, 2, 3], [], [4], Array(repeating: 5, count: 300), [], [], [6, 7], Array(repeating: 8, count: 70),
    ]

    /// What a reader hands on when the stream comes in these pieces.
    private func read(
        _ pieces: [ArraySlice<UInt8>],
        header: TCPHeader,
        max: Int = 65_535
    ) -> (payloads: [[UInt8]], oversized: Int?, reader: ConnectionReader) {
        var reader = ConnectionReader(header: header, datagramBytesMax: max)
        var payloads: [[UInt8]] = []
        for piece in pieces {
            let step = piece.withUnsafeBytes { bytes in
                reader.bytesReceived(bytes) { run in
                    #expect(run.payloads.count == run.datagramCount)
                    payloads += run.payloads
                    return run.bytes.count
                }
            }
            if let oversized = step.oversizedPayloadBytes { return (payloads, oversized, reader) }
        }
        return (payloads, nil, reader)
    }

    @Test("every split of a stream in two gives the same datagrams", arguments: TCPHeader.allCases)
    func everySplit(header: TCPHeader) {
        let stream = Self.payloads.flatMap { frame($0, header) }
        for split in 0...stream.count {
            let result = self.read([stream[..<split], stream[split...]], header: header)
            #expect(result.payloads == Self.payloads, "split at \(split)")
            #expect(result.reader.tail.readableBytes == 0)
        }
    }

    @Test("a stream that comes in pieces of any size gives the same datagrams", arguments: TCPHeader.allCases)
    func pieces(header: TCPHeader) {
        let stream = Self.payloads.flatMap { frame($0, header) }
        for size in 1...stream.count {
            let pieces = stride(from: 0, to: stream.count, by: size).map { stream[$0..<min($0 + size, stream.count)] }
            #expect(self.read(pieces, header: header).payloads == Self.payloads, "pieces of \(size)")
        }
    }

    @Test("whole frames are handed on in one run, without a copy")
    func wholeFramesInPlace() {
        var reader = ConnectionReader(header: .two, datagramBytesMax: 100)
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
            #expect(step == ConnectionReader.Step(usedBytes: 8))
            #expect(runs == 1)
        }
        #expect(reader.tail.readableBytes == 1)
    }

    @Test(
        "a length one over the limit ends the stream from its header, wherever it is cut",
        arguments: TCPHeader.allCases
    )
    func oversized(header: TCPHeader) {
        let good = frame(Array(repeating: 1, count: 10), header)
        let bad = frame(Array(repeating: 2, count: 11), header).prefix(header.size)
        let stream = good + bad
        for split in 0...stream.count {
            let result = self.read([stream[..<split], stream[split...]], header: header, max: 10)
            #expect(result.oversized == 11, "split at \(split)")
            #expect(result.payloads == [Array(repeating: 1, count: 10)])
        }
    }

    @Test("the largest payload that a header can lie about is refused before anything is kept")
    func lyingHeader() {
        let result = self.read([[0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]], header: .four)
        #expect(result.oversized == 0xFFFF_FFFF)
        #expect(result.reader.tail.capacity == 0)
    }

    @Test("memory for a cut frame grows with what has come, and goes back once the frame is whole")
    func tailMemory() {
        var reader = ConnectionReader(header: .two, datagramBytesMax: 65_535)
        let bytes = frame(Array(repeating: 1, count: 60_000))
        var datagrams = 0
        let count = { (run: DatagramRun) in
            datagrams += run.datagramCount
            return run.bytes.count
        }
        for (end, capacityMax) in [(10, 64), (1_000, 4_096), (30_000, 65_536)] {
            let start = reader.tail.readableBytes
            _ = bytes[start..<end].withUnsafeBytes { reader.bytesReceived($0, deliver: count) }
            #expect(reader.tail.readableBytes == end)
            #expect(reader.tail.capacity <= capacityMax)
        }
        _ = bytes[30_000...].withUnsafeBytes { reader.bytesReceived($0, deliver: count) }
        #expect(datagrams == 1)
        #expect(reader.tail.capacity == 0)
    }

    /// What a reader hands on of a stream that comes again as long as it leaves something, so many datagrams at a time.
    private func read(
        _ pieces: [ArraySlice<UInt8>],
        header: TCPHeader,
        datagramsMax: Int,
        takenAtOnce: Int
    ) -> (payloads: [[UInt8]], reader: ConnectionReader) {
        var reader = ConnectionReader(header: header, datagramBytesMax: 65_535)
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
                #expect(nextFrameBytes == header.size + Self.payloads[payloads.count].count)
            }
            #expect(rest.isEmpty)
        }
        return (payloads, reader)
    }

    @Test(
        "datagrams that are not taken come again, wherever the stream is cut",
        arguments: TCPHeader.allCases,
        [1, 2, 3]
    )
    func takenInParts(header: TCPHeader, atOnce: Int) {
        let stream = Self.payloads.flatMap { frame($0, header) }
        for split in 0...stream.count {
            let pieces = [stream[..<split], stream[split...]]
            for (datagramsMax, takenAtOnce) in [(.max, atOnce), (atOnce, .max)] {
                let result = self.read(pieces, header: header, datagramsMax: datagramsMax, takenAtOnce: takenAtOnce)
                #expect(result.payloads == Self.payloads, "split at \(split)")
                #expect(result.reader.tail.readableBytes == 0)
            }
        }
    }

    @Test("with no datagram allowed none is handed on, and a cut one is kept as ever")
    func noneAllowed() {
        var reader = ConnectionReader(header: .two, datagramBytesMax: 100)
        let step = { (reader: inout ConnectionReader, bytes: [UInt8]) in
            bytes.withUnsafeBytes { reader.bytesReceived($0, datagramsMax: 0) { _ in preconditionFailure("a run") } }
        }
        #expect(step(&reader, frame([1]) + [9]) == ConnectionReader.Step(usedBytes: 0, nextFrameBytes: 3))
        #expect(reader.tail.readableBytes == 0)
        #expect(step(&reader, [1]) == ConnectionReader.Step(usedBytes: 1))
        #expect(step(&reader, [0, 7, 8]) == ConnectionReader.Step(usedBytes: 2, nextFrameBytes: 3))
        #expect(step(&reader, [8]) == ConnectionReader.Step(usedBytes: 0, nextFrameBytes: 3))
        var other = ConnectionReader(header: .two, datagramBytesMax: 100)
        #expect(
            step(&other, [101, 0, 1]) == ConnectionReader.Step(usedBytes: 3, oversizedPayloadBytes: 101)
        )
    }
}
