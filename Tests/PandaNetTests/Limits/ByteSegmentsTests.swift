import NIOCore
import Testing

@testable import PandaNet

@Suite("ByteSegments")
struct ByteSegmentsTests {
    private static let segment = ByteSegments.segmentBytesMax

    private func bytes(_ count: Int, from first: Int = 0) -> [UInt8] {
        (first..<first + count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }
    }

    private func segments(of waiting: ByteSegments) -> [[UInt8]] {
        var (copy, segments) = (waiting, [[UInt8]]())
        while let segment = copy.popFirst() { segments.append(Array(segment.readableBytesView)) }
        return segments
    }

    @Test(
        "what is shared is split into segments, none of them empty or too long",
        arguments: [1, 4096, 16_384, 16_385, 98_304]
    )
    func shareable(count: Int) {
        let whole = self.bytes(count)
        let segments = whole.withUnsafeBytes { ByteSegments.shareable($0) }
        #expect(segments.flatMap { Array($0.readableBytesView) } == whole)
        #expect(segments.count == (count + Self.segment - 1) / Self.segment)
        #expect(segments.allSatisfy { (1...Self.segment).contains($0.readableBytes) })
    }

    @Test("no bytes make no segment")
    func empty() {
        var waiting = ByteSegments()
        waiting.append([])
        #expect(waiting.byteCount == 0 && waiting.popFirst() == nil)
        #expect(ByteSegments.shareable(UnsafeRawBufferPointer(start: nil, count: 0)).isEmpty)
    }

    @Test("small parts fill one segment after the other, so that they cost the memory that they take")
    func smallParts() {
        var waiting = ByteSegments()
        let whole = self.bytes(3 * Self.segment + 100)
        for start in stride(from: 0, to: whole.count, by: 7) {
            waiting.append(Array(whole[start..<min(start + 7, whole.count)]))
        }
        #expect(waiting.byteCount == whole.count)
        let segments = self.segments(of: waiting)
        #expect(segments.map(\.count) == [Self.segment, Self.segment, Self.segment, 100])
        #expect(Array(segments.joined()) == whole)
    }

    @Test("no segment takes more memory than the longest one may", arguments: [1, 100, 5_000, 16_384, 50_000])
    func memory(partBytes: Int) {
        var waiting = ByteSegments()
        for _ in 0..<60_000 / partBytes + 1 { waiting.append(self.bytes(partBytes)) }
        while let segment = waiting.popFirst() { #expect(segment.capacity <= Self.segment) }
    }

    @Test("those who share bytes have them in the same memory, and each appends to its own")
    func sharing() {
        let shared = self.bytes(5_000).withUnsafeBytes { ByteSegments.shareable($0) }
        var (one, other) = (ByteSegments(), ByteSegments())
        one.append([1, 2])
        for waiting in [1, 2] {
            one.append(sharing: shared)
            other.append(sharing: shared)
            one.append([UInt8(waiting)])
            #expect(other.byteCount == waiting * 5_000)
        }
        other.append([9])
        #expect(self.segments(of: one) == [[1, 2], self.bytes(5_000), [1], self.bytes(5_000), [2]])
        #expect(self.segments(of: other) == [self.bytes(5_000), self.bytes(5_000), [9]])
        _ = one.popFirst()
        #expect(one.popFirst()?.address == other.popFirst()?.address)
    }

    @Test("what one of those who share has drained the others still have")
    func sharedDrain() {
        let shared = self.bytes(20_000).withUnsafeBytes { ByteSegments.shareable($0) }
        var (one, other) = (ByteSegments(), ByteSegments())
        one.append(sharing: shared)
        other.append(sharing: shared)
        let drained = one.drain { min($0.count, 16_384 - 10) }
        #expect(drained == 16_374 && one.byteCount == 3_626 && other.byteCount == 20_000)
        #expect(self.segments(of: one).joined().elementsEqual(self.bytes(20_000)[16_374...]))
        #expect(self.segments(of: other).joined().elementsEqual(self.bytes(20_000)))
        one.removeAll()
        #expect(one.byteCount == 0 && self.segments(of: other).joined().elementsEqual(self.bytes(20_000)))
    }

    @Test("a segment that was taken out stays as it was, whatever comes after it")
    func taken() {
        var waiting = ByteSegments()
        waiting.append([1, 2])
        let taken = waiting.popFirst()
        waiting.append([3])
        #expect(taken.map { Array($0.readableBytesView) } == [1, 2])
        #expect(self.segments(of: waiting) == [[3]])
    }

    @Test("draining ends where a segment is not taken whole, and goes on there")
    func drain() {
        var waiting = ByteSegments()
        let whole = self.bytes(3 * Self.segment)
        waiting.append(whole)
        var offers: [Int] = []
        let first = waiting.drain {
            offers.append($0.count)
            return offers.count == 1 ? $0.count : 10
        }
        #expect(offers == [Self.segment, Self.segment] && first == Self.segment + 10)
        #expect(waiting.byteCount == whole.count - first)
        let none = waiting.drain { _ in 0 }
        #expect(none == 0)
        // What comes now follows.
        waiting.append([1])
        #expect(self.segments(of: waiting).joined().elementsEqual(whole[first...] + [1]))
    }
}

extension ByteSegments {
    fileprivate mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { self.append(copyOf: $0) }
    }
}

extension ByteBuffer {
    /// Where its bytes are.
    var address: UInt? { self.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } }
}
