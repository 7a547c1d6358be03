import Testing
import Wire

@testable import PandaNet

@Suite("PendingWrites")
struct PendingWritesTests {
    private func append(_ count: Int, to pending: inout PendingWrites) -> Bool {
        pending.append([UInt8](repeating: 0, count: count)) == nil
    }

    @Test("a connection for which nothing waits pays no more than this")
    func memory() {
        #expect(MemoryLayout<PendingWrites>.size <= 88)
    }

    @Test("bytes up to the limit are taken, one more is refused with nothing taken")
    func limit() {
        var pending = PendingWrites(bytesMax: 100)
        let taken1 = self.append(60, to: &pending)
        #expect(taken1)
        let taken2 = self.append(41, to: &pending)
        #expect(!taken2)
        #expect(pending.byteCount == 60)
        let taken3 = self.append(40, to: &pending)
        #expect(taken3)
        let taken4 = self.append(1, to: &pending)
        #expect(!taken4)
        #expect(pending.byteCount == 100)
    }

    @Test("datagrams up to the limit are taken, whatever their length; one more is refused with nothing taken")
    func datagramLimit() {
        var pending = PendingWrites(bytesMax: nil, datagramsMax: 3, header: .two)
        let first = pending.append(frame([]) + frame([]), datagramCount: 2)
        let second = pending.append(frame([1]) + frame([]), datagramCount: 2)
        let third = pending.append(frame([UInt8](repeating: 1, count: 9_000)))
        let fourth = pending.append(frame([]))
        #expect(first == nil && second == .pendingDatagrams && third == nil && fourth == .pendingDatagrams)
        #expect(pending.datagramCount == 3)
    }

    @Test("a datagram counts until its last byte has left, however the bytes are cut", arguments: [1, 2, 3, 5, 7])
    func datagramsLeave(step: Int) {
        let frames = [frame([]), frame([1, 2, 3]), frame([]), frame([4]), frame([5, 6])]
        let bytes = frames.flatMap { $0 }
        let ends = frames.reduce(into: [0]) { $0.append($0.last! + $1.count) }.dropFirst()
        for sent in 0..<bytes.count {
            var pending = PendingWrites(bytesMax: nil, header: .two)
            var gone = sent
            _ = pending.append(bytes, datagramCount: frames.count, sentBytes: sent)
            #expect(pending.datagramCount == ends.filter { $0 > gone }.count)
            while !pending.isEmpty {
                gone += pending.drain { min(step, $0.count) }
                #expect(pending.datagramCount == ends.filter { $0 > gone }.count)
            }
        }
    }

    @Test(
        "shared and copied frames leave in their order and count as long as a byte of them waits",
        arguments: [3, 1_000, 9_999]
    )
    func shared(step: Int) {
        let batch = frame([UInt8](repeating: 1, count: 20_000)) + frame([]) + frame([2])
        let segments = batch.withUnsafeBytes { ByteSegments.shareable($0) }
        let small = frame([3, 4, 5])
        let whole: [UInt8] = Array(batch[7...]) + batch + small + small + batch
        let sizes = [20_002, 2, 3]
        let sizesOfAll = sizes + sizes + [5, 5] + sizes
        let ends = sizesOfAll.reduce(into: [-7]) { $0.append($0.last! + $1) }.dropFirst()

        var pending = PendingWrites(bytesMax: nil, header: .two)
        _ = pending.append(batch, datagramCount: 3, sentBytes: 7)
        pending.append(batch, datagramCount: 3, sharing: segments)
        for _ in 0..<2 { _ = pending.append(small) }
        pending.append(batch, datagramCount: 3, sharing: segments)
        #expect(pending.byteCount == whole.count && pending.bytesEver == whole.count)

        var left: [UInt8] = []
        while !pending.isEmpty {
            #expect(pending.datagramCount == ends.filter { $0 > left.count }.count)
            if left.count.isMultiple(of: 2), let chunk = pending.startChunk() {
                left += chunk.readableBytesView
                #expect(pending.byteCount == whole.count - left.count + chunk.readableBytes)
                _ = pending.chunkWritten()
            } else {
                _ = pending.drain { bytes in
                    left += bytes.prefix(step)
                    return min(step, bytes.count)
                }
            }
        }
        #expect(left == whole && pending.datagramCount == 0)
    }

    @Test("discarding leaves only the chunk that is under way, and what comes then begins with a frame")
    func discard() {
        var pending = PendingWrites(bytesMax: nil, header: .two)
        let long = frame([UInt8](repeating: 1, count: 40_000))
        _ = pending.append(long + frame([1]), datagramCount: 2)
        _ = pending.startChunk()
        let discarded = pending.discard()
        #expect(discarded == long.count + 3 - ByteSegments.segmentBytesMax)
        #expect(pending.byteCount == ByteSegments.segmentBytesMax && pending.datagramCount == 0)
        _ = pending.chunkWritten()
        _ = pending.append(frame([2]))
        _ = pending.drain { $0.count }
        #expect(pending.isEmpty && pending.datagramCount == 0)
    }

    @Test("datagrams of a chunk count until it was written")
    func chunkDatagrams() {
        var pending = PendingWrites(bytesMax: nil, header: .two)
        _ = pending.append(
            frame([UInt8](repeating: 0, count: ByteSegments.segmentBytesMax - 5)) + frame([1]),
            datagramCount: 2
        )
        _ = pending.startChunk()
        #expect(pending.datagramCount == 2)
        let left = pending.chunkWritten()
        #expect(left == ByteSegments.segmentBytesMax && pending.datagramCount == 0 && pending.isEmpty)
    }

    @Test("a chunk that is under way still counts")
    func chunkCounts() {
        var pending = PendingWrites(bytesMax: 100)
        let taken5 = self.append(100, to: &pending)
        #expect(taken5)
        let chunk = pending.startChunk()
        #expect(chunk?.readableBytes == 100)
        #expect(pending.isChunkUnderWay)
        let taken6 = self.append(1, to: &pending)
        #expect(!taken6)
        _ = pending.chunkWritten()
        #expect(pending.isEmpty)
        let taken7 = self.append(100, to: &pending)
        #expect(taken7)
    }

    @Test("without a limit everything is taken")
    func noLimit() {
        var pending = PendingWrites(bytesMax: nil)
        for _ in 0..<10 {
            let taken = self.append(1_000_000, to: &pending)
            #expect(taken)
        }
        #expect(pending.byteCount == 10_000_000)
    }

    @Test("another limit counts from the next bytes on, and what waits already stays")
    func otherLimit() {
        var pending = PendingWrites(bytesMax: 10)
        let first = self.append(10, to: &pending)
        pending.use(Limits(pendingBytes: 20))
        let second = self.append(10, to: &pending)
        pending.use(Limits(pendingBytes: 5))
        let third = self.append(1, to: &pending)
        #expect(first && second && !third)
        #expect(pending.byteCount == 20)
    }

    @Test("without a limit there is still that of a buffer's memory")
    func bytesMaxEver() {
        #expect(PendingWrites(bytesMax: nil).bytesMax == PendingWrites.bytesMaxEver)
        #expect(PendingWrites(bytesMax: PendingWrites.bytesMaxEver + 1).bytesMax == PendingWrites.bytesMaxEver)
    }

    @Test("only one chunk is under way at a time, and none is empty")
    func oneChunk() {
        var pending = PendingWrites(bytesMax: nil)
        let chunk9 = pending.startChunk()
        #expect(chunk9 == nil)
        _ = self.append(ByteSegments.segmentBytesMax + 1, to: &pending)
        let chunk10 = pending.startChunk()
        #expect(chunk10?.readableBytes == ByteSegments.segmentBytesMax)
        let chunk11 = pending.startChunk()
        #expect(chunk11 == nil)
        _ = pending.chunkWritten()
        let chunk12 = pending.startChunk()
        #expect(chunk12?.readableBytes == 1)
    }

    @Test("bytes leave in the order in which they came, by chunk or directly")
    func order() {
        var pending = PendingWrites(bytesMax: nil)
        var came: [UInt8] = []
        var left: [UInt8] = []
        for round in 0..<200 {
            let bytes = (0..<(round * 37 % 301)).map { UInt8(truncatingIfNeeded: $0 + round) }
            came += bytes
            let refusal = pending.append(bytes)
            #expect(refusal == nil)
            if round % 3 == 0, let chunk = pending.startChunk() {
                left += Array(chunk.readableBytesView)
                _ = pending.chunkWritten()
            }
            if round % 2 == 0 {
                _ = pending.drain { waiting in
                    let taken = waiting.count / 2
                    left += waiting.prefix(taken)
                    return taken
                }
            }
        }
        _ = pending.drain { waiting in
            left += waiting
            return waiting.count
        }
        #expect(left == came)
        #expect(pending.isEmpty)
    }
}
