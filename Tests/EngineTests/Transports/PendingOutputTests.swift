import EngineSupport
import Testing
import Wire

@testable import Engine

@Suite("PendingOutput")
struct PendingOutputTests {
    private static let segment = 16 * 1024

    private func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }
    }

    @Test("an empty queue takes at most 8 bytes")
    func memory() {
        #expect(MemoryLayout<PendingOutput>.size <= 8)
    }

    // MARK: Bytes

    @Test("small parts fill one segment after the other")
    func smallParts() {
        var pending = PendingOutput()
        let whole = self.bytes(3 * Self.segment + 100)
        for start in stride(from: 0, to: whole.count, by: 7) {
            pending.append(Array(whole[start..<min(start + 7, whole.count)]))
        }
        #expect(pending.byteCount == whole.count)
        let segments = pending.drainAll()
        #expect(segments.map(\.count) == [Self.segment, Self.segment, Self.segment, 100])
        #expect(Array(segments.joined()) == whole)
        #expect(pending.isEmpty)
    }

    @Test("queues that share bytes point to the same memory, and each appends to its own segments")
    func sharing() {
        let shared = SharedBytes(self.bytes(5_000))
        var (one, other) = (PendingOutput(), PendingOutput())
        one.append([1, 2])
        for round in [1, 2] {
            one.append(sharing: shared)
            other.append(sharing: shared)
            one.append([UInt8(round)])
            #expect(other.byteCount == round * 5_000)
        }
        other.append([9])
        var addresses: [UnsafeRawPointer?] = []
        let note = { (segment: UnsafeRawBufferPointer) in
            if segment.count == 5_000 { addresses.append(segment.baseAddress) }
        }
        #expect(one.drainAll(note) == [[1, 2], self.bytes(5_000), [1], self.bytes(5_000), [2]])
        #expect(other.drainAll(note) == [self.bytes(5_000), self.bytes(5_000), [9]])
        #expect(addresses == Array(repeating: shared.view.baseAddress, count: 4))
    }

    @Test("a queue keeps only the unsent end of shared bytes")
    func sharedEnd() {
        let shared = SharedBytes(self.bytes(5_000))
        var pending = PendingOutput()
        pending.append(sharing: shared, sentBytes: 4_990)
        #expect(pending.byteCount == 10)
        #expect(pending.drainAll() == [Array(self.bytes(5_000).suffix(10))])
    }

    @Test("draining shared bytes from one queue leaves them in the others")
    func sharedDrain() {
        let shared = SharedBytes(self.bytes(20_000))
        var (one, other) = (PendingOutput(), PendingOutput())
        one.append(sharing: shared)
        other.append(sharing: shared)
        let drained = one.drain(framing: nil) { _ in 16_374 }
        #expect(drained == 16_374 && one.byteCount == 3_626 && other.byteCount == 20_000)
        #expect(one.drainAll() == [Array(self.bytes(20_000)[16_374...])])
        #expect(other.drainAll() == [self.bytes(20_000)])
    }

    @Test("draining stops at a partly taken segment and continues there")
    func drain() {
        var pending = PendingOutput()
        let whole = self.bytes(3 * Self.segment)
        pending.append(whole)
        var offers: [Int] = []
        let first = pending.drain(framing: nil) {
            offers.append($0.count)
            return offers.count == 1 ? $0.count : 10
        }
        #expect(offers == [Self.segment, Self.segment] && first == Self.segment + 10)
        #expect(pending.byteCount == whole.count - first)
        let none = pending.drain(framing: nil) { _ in 0 }
        #expect(none == 0)
        // Later bytes follow the remaining ones.
        pending.append([1])
        #expect(pending.drainAll().joined().elementsEqual(whole[first...] + [1]))
    }

    @Test("drained shared bytes are freed at once, even if more bytes follow")
    func releases() {
        var pending = PendingOutput()
        weak var gone: SharedBytes?
        for round in 0..<40 {
            let shared = SharedBytes(self.bytes(5_000))
            if round == 0 { gone = shared }
            pending.append(sharing: shared)
        }
        #expect(gone != nil)
        func send(_ bytes: UnsafeRawBufferPointer) -> Int { gone == nil ? 1 : bytes.count }
        _ = pending.drain(framing: nil, send)
        #expect(gone == nil && pending.byteCount == 39 * 5_000 - 1)
    }

    @Test("bytes leave in the order of arrival, shared or copied")
    func order() {
        var pending = PendingOutput()
        var (came, left): ([UInt8], [UInt8]) = ([], [])
        for round in 0..<300 {
            let bytes = (0..<(round * 37 % 301 + 1)).map { UInt8(truncatingIfNeeded: $0 + round) }
            came += bytes
            if round % 5 == 0 {
                pending.append(sharing: SharedBytes(bytes))
            } else {
                pending.append(bytes)
            }
            if round % 2 == 0 {
                _ = pending.drain(framing: nil) { waiting in
                    let taken = (waiting.count + 1) / 2
                    left += waiting.prefix(taken)
                    return taken
                }
            }
            #expect(pending.byteCount == came.count - left.count)
        }
        left += pending.drainAll().joined()
        #expect(left == came)
        #expect(pending.isEmpty)
    }

    // MARK: Datagrams

    @Test("a datagram counts until its last byte has left, wherever the bytes are cut", arguments: [1, 2, 3, 5, 7])
    func datagramsLeave(step: Int) {
        let frames = [frame([]), frame([1, 2, 3]), frame([]), frame([4]), frame([5, 6])]
        let bytes = frames.flatMap { $0 }
        let ends = frames.reduce(into: [0]) { $0.append($0.last! + $1.count) }.dropFirst()
        for sent in 0..<bytes.count {
            var pending = PendingOutput()
            var gone = sent
            pending.append(bytes, datagramCount: frames.count, sentBytes: sent, framing: .two)
            #expect(pending.datagramCount == ends.filter { $0 > gone }.count)
            while !pending.isEmpty {
                gone += pending.drain(framing: .two) { min(step, $0.count) }
                #expect(pending.datagramCount == ends.filter { $0 > gone }.count)
            }
        }
    }

    @Test(
        "shared and copied frames leave in order, and each counts while any byte of it waits",
        arguments: [3, 1_000, 9_999]
    )
    func shared(step: Int) {
        let batch = frame([UInt8](repeating: 1, count: 20_000)) + frame([]) + frame([2])
        let shared = SharedBytes(batch)
        let small = frame([3, 4, 5])
        let whole: [UInt8] = Array(batch[7...]) + batch + small + small + batch
        let sizes = [20_002, 2, 3]
        let sizesOfAll = sizes + sizes + [5, 5] + sizes
        let ends = sizesOfAll.reduce(into: [-7]) { $0.append($0.last! + $1) }.dropFirst()

        var pending = PendingOutput()
        pending.append(batch, datagramCount: 3, sentBytes: 7, framing: .two)
        pending.append(sharing: shared, datagramCount: 3, framing: .two)
        for _ in 0..<2 { pending.append(small, framing: .two) }
        pending.append(sharing: shared, datagramCount: 3, framing: .two)
        #expect(pending.byteCount == whole.count)

        var left: [UInt8] = []
        while !pending.isEmpty {
            #expect(pending.datagramCount == ends.filter { $0 > left.count }.count)
            _ = pending.drain(framing: .two) { bytes in
                left += bytes.prefix(step)
                return min(step, bytes.count)
            }
        }
        #expect(left == whole && pending.datagramCount == 0)
    }

    @Test("a discard empties the queue, and later bytes begin with a new frame")
    func discard() {
        var pending = PendingOutput()
        let long = frame([UInt8](repeating: 1, count: 40_000))
        pending.append(long + frame([1]), datagramCount: 2, sentBytes: 10, framing: .two)
        let discarded = pending.discard()
        #expect(discarded == long.count + 3 - 10)
        #expect(pending.isEmpty && pending.byteCount == 0 && pending.datagramCount == 0)
        pending.append(frame([2]), framing: .two)
        #expect(pending.datagramCount == 1)
        _ = pending.drain(framing: .two) { $0.count }
        #expect(pending.isEmpty && pending.datagramCount == 0)
    }

    @Test("bytes without framing count no datagrams")
    func unframed() {
        var pending = PendingOutput()
        pending.append([1, 2, 3], datagramCount: 2, framing: nil)
        #expect(pending.byteCount == 3 && pending.datagramCount == 0)
    }
}

extension SharedBytes {
    fileprivate convenience init(_ bytes: [UInt8]) {
        var copy = Bytes()
        bytes.withUnsafeBytes { copy.append($0) }
        self.init(copy)
    }
}

extension PendingOutput {
    /// Appends frames of which the kernel took `sentBytes` bytes. Without `framing`, the bytes have no frames.
    fileprivate mutating func append(
        _ frames: [UInt8],
        datagramCount: Int = 1,
        sentBytes: Int = 0,
        framing: Framing? = nil
    ) {
        frames.withUnsafeBytes {
            let unsent = UnsentFrames(of: $0, datagramCount: datagramCount, sentBytes: sentBytes, framing: framing)
            self.append(unsent, framing: framing)
        }
    }

    fileprivate mutating func append(
        sharing shared: SharedBytes,
        datagramCount: Int = 1,
        sentBytes: Int = 0,
        framing: Framing? = nil
    ) {
        let unsent = UnsentFrames(
            of: shared.view,
            datagramCount: datagramCount,
            sentBytes: sentBytes,
            framing: framing
        )
        self.append(unsent, sharing: shared, framing: framing)
    }

    /// Drains the whole queue.
    ///
    /// - Returns: the offered segments.
    fileprivate mutating func drainAll(_ note: (UnsafeRawBufferPointer) -> Void = { _ in }) -> [[UInt8]] {
        var segments: [[UInt8]] = []
        _ = self.drain(framing: nil) { segment in
            note(segment)
            segments.append(Array(segment))
            return segment.count
        }
        return segments
    }
}
