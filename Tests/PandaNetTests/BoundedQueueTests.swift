import Testing

@testable import PandaNet

@Suite("BoundedQueue")
struct BoundedQueueTests {
    private func fill(_ queue: inout BoundedQueue<Int>, _ elements: ClosedRange<Int>) -> [Bool] {
        elements.map { queue.append($0) }
    }

    private func drain(_ queue: inout BoundedQueue<Int>) -> [Int] {
        var elements: [Int] = []
        while let element = queue.takeFirst() { elements.append(element) }
        return elements
    }

    @Test("a queue with dropNewest drops an element past its bound and sets the flag, without holding back")
    func dropNewest() {
        var queue = BoundedQueue<Int>(overflow: .dropNewest)
        queue.maxSize = 2
        #expect(self.fill(&queue, 1...2) == [true, true])
        #expect(!queue.holdsBack)
        #expect(!queue.overflowFlag)
        #expect(self.fill(&queue, 3...3) == [false])
        #expect(self.drain(&queue) == [1, 2])
        #expect(queue.overflowFlag)
    }

    @Test("a queue with takeAnyway holds back at its bound of count or bytes until it is half empty")
    func takeAnyway() {
        var queue = BoundedQueue<Int>(overflow: .takeAnyway, bytesMax: 10) { $0 }
        queue.maxSize = 4
        #expect(self.fill(&queue, 1...3) == [true, true, true])
        #expect(!queue.holdsBack)
        #expect(self.fill(&queue, 4...4) == [true])
        #expect(queue.holdsBack)
        queue.maxSize = 100
        #expect(queue.bytes == 10)
        #expect(queue.holdsBack)
        #expect(queue.takeFirst() == 1)
        #expect(!queue.holdsBack)
        #expect(!queue.isHalfEmpty)
        #expect(self.drain(&queue) == [2, 3, 4])
        #expect(queue.isHalfEmpty)
        #expect(!queue.overflowFlag)
    }

    @Test("a queue with keepLatest keeps the last element and never holds back")
    func keepLatest() {
        var queue = BoundedQueue<Int>(overflow: .keepLatest, bytesMax: 1) { $0 }
        #expect(self.fill(&queue, 1...3) == [true, true, true])
        #expect(!queue.holdsBack)
        #expect(self.drain(&queue) == [3])
        #expect(queue.bytes == 0)
    }
}
