import SeededRandom
import Testing

@testable import Engine

@Suite("Recency list")
struct RecencyListTests {
    /// The same list as an array, with the most recent element first.
    private struct Model {
        var elements: [Int] = []
        var frontMax = 0
        var front: Set<Int> { Set(self.elements.prefix(self.frontMax)) }

        mutating func use(_ element: Int) {
            self.elements.removeAll { $0 == element }
            self.elements.insert(element, at: 0)
        }
    }

    @Test("random steps keep the order and the front, and report each change of the front", arguments: 0..<50)
    func model(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var (list, model) = (RecencyList<Int>(), Model())
        var slots: [Int: Int] = [:]
        for step in 0..<500 {
            let before = model.front
            var told: Set<Int> = []
            var own: Int?
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<3:
                own = step
                let (slot, displaced) = list.insert(step)
                slots[step] = slot
                told.formUnion(displaced.map { [$0] } ?? [])
                model.use(step)
            case 3..<7:
                guard let element = model.elements.randomElement(using: &random) else { continue }
                own = element
                told.formUnion(list.use(slots[element]!).map { [$0] } ?? [])
                model.use(element)
            case 7..<9:
                guard let element = model.elements.randomElement(using: &random) else { continue }
                own = element
                told.formUnion(list.remove(slots.removeValue(forKey: element)!).map { [$0] } ?? [])
                model.elements.removeAll { $0 == element }
            default:
                model.frontMax = Int.random(in: 0..<8, using: &random)
                let changed = list.useFrontMax(model.frontMax)
                told = Set(changed)
                #expect(told.count == changed.count, "seed \(seed), step \(step)")
            }
            let changes = before.symmetricDifference(model.front).subtracting(own.map { [$0] } ?? [])
            #expect(told == changes, "seed \(seed), step \(step)")
            let front = model.elements.filter { list.isInFront(slots[$0]!) }
            #expect(Set(front) == model.front, "seed \(seed), step \(step)")
            #expect(list.frontCount == model.front.count && list.count == model.elements.count)
            #expect(list.oldestElement == model.elements.last, "seed \(seed), step \(step)")
        }
    }

    @Test("an older element is inserted at its place in the order")
    func behind() {
        var list = RecencyList<Int>()
        // Indexed by slot.
        let numbers = [10, 20, 30, 5, 25, 40]
        for number in numbers[..<3] { _ = list.insert(number) }
        for number in numbers[3...] { _ = list.insert(number) { $0 > number } }
        var order: [Int] = []
        while let oldest = list.oldestElement {
            order.append(oldest)
            _ = list.remove((0..<6).filter { !order.dropLast().contains(numbers[$0]) }.first { list[$0] == oldest }!)
        }
        #expect(order == [5, 10, 20, 25, 30, 40])
    }
}
