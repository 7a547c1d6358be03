import Testing

@testable import PandaNet

@Suite("PendingWrites")
struct PendingWritesTests {
    private func append(_ count: Int, to pending: inout PendingWrites) -> Bool {
        pending.append([UInt8](repeating: 0, count: count))
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
        pending.chunkWritten()
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
        pending.use(bytesMax: 20)
        let second = self.append(10, to: &pending)
        pending.use(bytesMax: 5)
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
        _ = self.append(PendingWrites.chunkBytesMax + 1, to: &pending)
        let chunk10 = pending.startChunk()
        #expect(chunk10?.readableBytes == PendingWrites.chunkBytesMax)
        let chunk11 = pending.startChunk()
        #expect(chunk11 == nil)
        pending.chunkWritten()
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
            let taken8 = pending.append(bytes)
            #expect(taken8)
            if round % 3 == 0, let chunk = pending.startChunk() {
                left += Array(chunk.readableBytesView)
                pending.chunkWritten()
            }
            if round % 2 == 0 {
                pending.drain { waiting in
                    let taken = waiting.count / 2
                    left += waiting.prefix(taken)
                    return taken
                }
            }
        }
        pending.drain { waiting in
            left += waiting
            return waiting.count
        }
        #expect(left == came)
        #expect(pending.isEmpty)
    }
}
