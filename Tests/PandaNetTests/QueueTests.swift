import Testing

@testable import PandaNet

@Suite("Queue")
struct QueueTests {
    @Test("elements leave in the order of arrival, for all mixes of puts and takes")
    func order() {
        var queue = Queue<Int>()
        var taken: [Int] = []
        var next = 0
        for round in 0..<200 {
            for _ in 0..<round % 7 {
                queue.append(next)
                next += 1
            }
            for _ in 0..<round % 5 { if let element = queue.popFirst() { taken.append(element) } }
        }
        #expect(queue.first == taken.count)
        #expect(queue.count == next - taken.count)
        while let element = queue.popFirst() { taken.append(element) }
        #expect(taken == Array(0..<next))
        #expect(queue.isEmpty)
    }

    @Test("a removed element is released")
    func release() {
        final class Element {}
        var queue = Queue<Element>()
        queue.append(Element())
        queue.append(Element())
        weak let first = queue.first
        queue.popFirst()
        #expect(first == nil)
        weak let second = queue.first
        queue.removeAll()
        #expect(second == nil)
        #expect(queue.first == nil)
    }
}
