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
            let oversized = piece.withUnsafeBytes { bytes in
                reader.bytesReceived(bytes) { run in
                    #expect(run.payloads.count == run.datagramCount)
                    payloads += run.payloads
                }
            }
            if let oversized { return (payloads, oversized, reader) }
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
            let oversized = reader.bytesReceived(bytes) { run in
                runs += 1
                #expect(run.bytes.baseAddress == bytes.baseAddress)
                #expect(run.bytes.count == 7)
                #expect(run.datagramCount == 2)
            }
            #expect(oversized == nil)
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
        for (end, capacityMax) in [(10, 64), (1_000, 4_096), (30_000, 65_536)] {
            let start = reader.tail.readableBytes
            _ = bytes[start..<end].withUnsafeBytes { reader.bytesReceived($0) { _ in datagrams += 1 } }
            #expect(reader.tail.readableBytes == end)
            #expect(reader.tail.capacity <= capacityMax)
        }
        _ = bytes[30_000...].withUnsafeBytes { reader.bytesReceived($0) { _ in datagrams += 1 } }
        #expect(datagrams == 1)
        #expect(reader.tail.capacity == 0)
    }
}
