import NIOCore
import Testing
import Wire

@testable import PandaNet

@Suite("BroadcastBatch")
struct BroadcastBatchTests {
    private func bytes(_ frames: BroadcastBatch.Frames) -> [UInt8] { Array(frames.bytes.readableBytesView) }

    @Test("runs stand framed as they came, back to back")
    func sameFraming() {
        var batch = BroadcastBatch()
        batch.use(.two)
        #expect(batch.isEmpty)
        let range19 = batch.append([[1], [2, 2]])
        #expect(range19 == 0..<7)
        let range20 = batch.append([[3]])
        #expect(range20 == 7..<10)
        #expect(self.bytes(batch.frames(.two)) == frame([1]) + frame([2, 2]) + frame([3]))
        #expect(batch.frames(.two).datagramCount == 3)
    }

    @Test("each header in use gets its own framing of the same datagrams, in the same order")
    func bothFramings() {
        var batch = BroadcastBatch()
        batch.use(.two)
        batch.use(.four)
        let range21 = batch.append([[1], []], .two)
        #expect(range21 == 0..<5)
        let range22 = batch.append([[3, 3]], .four)
        #expect(range22 == 9..<15)
        for header in TCPHeader.allCases {
            let expected = frame([1], header) + frame([], header) + frame([3, 3], header)
            #expect(self.bytes(batch.frames(header)) == expected)
            #expect(batch.frames(header).datagramCount == 3)
        }
    }

    @Test("a datagram that a header can't say is left out of that framing, and counted")
    func unframeable() {
        var batch = BroadcastBatch()
        batch.use(.two)
        batch.use(.four)
        let longest = [UInt8](repeating: 1, count: 65_535)
        let tooLong = [UInt8](repeating: 2, count: 65_536)
        batch.append([longest, tooLong, [3]], .four)
        #expect(self.bytes(batch.frames(.two)) == frame(longest) + frame([3]))
        #expect(batch.frames(.two).datagramCount == 2)
        #expect(batch.frames(.two).unframeableCount == 1)
        #expect(batch.frames(.four).datagramCount == 3)
        #expect(batch.frames(.four).unframeableCount == 0)
    }

    @Test("another loop's batch is appended whole")
    func append() {
        var batch = BroadcastBatch()
        var other = BroadcastBatch()
        batch.use(.four)
        other.use(.four)
        batch.append([[1]], .four)
        other.append([[2], [3]], .four)
        batch.append(other)
        #expect(self.bytes(batch.frames(.four)) == frame([1], .four) + frame([2], .four) + frame([3], .four))
        #expect(batch.frames(.four).datagramCount == 3)
    }

    @Test("a copy has memory of its own, and no more than it needs")
    func copy() {
        var batch = BroadcastBatch()
        batch.use(.two)
        for _ in 0..<1_000 { batch.append([[UInt8](repeating: 1, count: 100)]) }
        batch.clear()
        batch.append([[1]])
        let copy = batch.copy()
        batch.append([[2]])
        #expect(self.bytes(copy.frames(.two)) == frame([1]))
        #expect(copy.frames(.two).datagramCount == 1)
        #expect(copy.frames(.two).bytes.capacity < 100)
    }

    @Test("a cleared batch is empty and still knows its headers")
    func clear() {
        var batch = BroadcastBatch()
        batch.use(.two)
        batch.append([[1]])
        batch.clear()
        #expect(batch.isEmpty)
        batch.append([[2]])
        #expect(self.bytes(batch.frames(.two)) == frame([2]))
    }
}

@Suite("BatchEdits")
struct BatchEditsTests {
    /// A batch of one-byte payloads 0, 1, 2…, each three bytes on the wire.
    private func batch(_ count: UInt8) -> BroadcastBatch {
        var batch = BroadcastBatch()
        batch.use(.two)
        batch.append((0..<count).map { [$0] })
        return batch
    }

    private func apply(_ edits: BatchEdits, to batch: BroadcastBatch) -> (bytes: [UInt8], datagramCount: Int) {
        var result = ByteBuffer()
        var datagramCount = 0
        batch.withViews { two, _ in datagramCount = edits.apply(to: two, writingTo: &result) }
        return (Array(result.readableBytesView), datagramCount)
    }

    @Test("what is skipped is left out: at the start, in the middle, at the end, side by side")
    func skip() {
        var edits = BatchEdits()
        edits.skip(0..<3, datagramCount: 1)
        edits.skip(6..<9, datagramCount: 1)
        edits.skip(9..<12, datagramCount: 1)
        edits.skip(15..<18, datagramCount: 1)
        let result = self.apply(edits, to: self.batch(6))
        #expect(result.bytes == frame([1]) + frame([4]))
        #expect(result.datagramCount == 2)
    }

    @Test("what is inserted stands where it was put, in order")
    func insert() {
        var edits = BatchEdits()
        frame([100]).withUnsafeBytes { edits.insert($0, at: 3, datagramCount: 1) }
        (frame([101]) + frame([102])).withUnsafeBytes { edits.insert($0, at: 3, datagramCount: 2) }
        frame([103]).withUnsafeBytes { edits.insert($0, at: 6, datagramCount: 1) }
        let result = self.apply(edits, to: self.batch(2))
        #expect(result.bytes == [0, 100, 101, 102, 1, 103].flatMap { frame([$0]) })
        #expect(result.datagramCount == 6)
    }

    @Test("skips and insertions keep their order together")
    func both() {
        var edits = BatchEdits()
        edits.skip(0..<3, datagramCount: 1)
        frame([100]).withUnsafeBytes { edits.insert($0, at: 3, datagramCount: 1) }
        edits.skip(3..<6, datagramCount: 1)
        let result = self.apply(edits, to: self.batch(3))
        #expect(result.bytes == frame([100]) + frame([2]))
        #expect(result.datagramCount == 2)
    }

    @Test("the memory of many edits goes back with the batch")
    func memory() {
        var edits = BatchEdits()
        for index in 0..<10_000 {
            edits.skip(index * 6..<index * 6 + 3, datagramCount: 1)
            frame([1]).withUnsafeBytes { edits.insert($0, at: index * 6 + 3, datagramCount: 1) }
        }
        #expect(edits.memoryBytes > 100_000)
        edits.clear()
        #expect(edits.memoryBytes == 0)
    }

    @Test("cleared edits change nothing")
    func clear() {
        var edits = BatchEdits()
        edits.skip(0..<3, datagramCount: 1)
        frame([100]).withUnsafeBytes { edits.insert($0, at: 3, datagramCount: 1) }
        edits.clear()
        #expect(edits.isEmpty)
        #expect(self.apply(edits, to: self.batch(2)).bytes == frame([0]) + frame([1]))
    }
}
