import SeededRandom
import Testing

@testable import Engine

@Suite("Timers")
struct TimerTests {
    private let loop: EventLoop
    private let done = Done()

    init() throws {
        self.loop = try EventLoop(index: 0, clock: .driven)
    }

    /// The numbers of the timers in the order in which they fired.
    private final class Done {
        var numbers: [Int] = []
    }

    @discardableResult
    private func add(_ number: Int, after milliseconds: Int) -> Engine.Timer {
        self.loop.schedule(after: .milliseconds(milliseconds)) { [done] in done.numbers.append(number) }
    }

    @Test("timers fire once each, in the order of their due times")
    func order() {
        for (number, delay) in [(1, 30), (2, 10), (3, 20), (4, 0)] { self.add(number, after: delay) }
        self.loop.runTurn()
        #expect(self.done.numbers == [4])
        self.loop.advance(by: .milliseconds(10))
        #expect(self.done.numbers == [4, 2])
        self.loop.advance(by: .nanoseconds(9_999_999))
        #expect(self.done.numbers == [4, 2])
        self.loop.advance(by: .nanoseconds(1))
        #expect(self.done.numbers == [4, 2, 3])
        self.loop.advance(by: .seconds(1))
        #expect(self.done.numbers == [4, 2, 3, 1])
    }

    @Test("timers for the same time fire in the order of their addition")
    func sameMoment() {
        for number in 0..<100 { self.add(number, after: 5) }
        self.loop.advance(by: .milliseconds(5))
        #expect(self.done.numbers == Array(0..<100))
    }

    @Test("a timer that fires sees its own due time as the current time")
    func moments() {
        var moments: [Duration] = []
        let start = self.loop.now
        for delay in [7, 3, 5] {
            self.loop.schedule(after: .milliseconds(delay)) { [loop] in moments.append(loop.now - start) }
        }
        self.loop.advance(by: .milliseconds(6))
        #expect(moments == [.milliseconds(3), .milliseconds(5)])
        #expect(self.loop.now - start == .milliseconds(6))
    }

    @Test("a timer may cancel itself and others, and add more timers")
    func withinTimer() {
        var later: [Engine.Timer] = []
        var itself: Engine.Timer?
        itself = self.loop.schedule(after: .milliseconds(1)) { [loop, done] in
            done.numbers.append(0)
            loop.cancel(itself)
            for timer in later { loop.cancel(timer) }
            loop.schedule(after: .zero) { done.numbers.append(9) }
        }
        later = [self.add(1, after: 1), self.add(2, after: 2)]
        self.add(3, after: 1)
        self.loop.advance(by: .milliseconds(1))
        #expect(self.done.numbers == [0, 3, 9])
        self.loop.advance(by: .seconds(1))
        #expect(self.done.numbers == [0, 3, 9])
    }

    @Test("a cancelled or finished timer can be cancelled again, and releases its objects")
    func cancel() {
        final class Held {}
        weak var cancelled: Held?
        weak var done: Held?
        let timers = { () -> [Engine.Timer] in
            let (one, other) = (Held(), Held())
            (cancelled, done) = (one, other)
            return [
                self.loop.schedule(after: .seconds(1)) { withExtendedLifetime(one) {} },
                self.loop.schedule(after: .zero) { withExtendedLifetime(other) {} },
            ]
        }()
        #expect(cancelled != nil && done != nil)
        self.loop.cancel(timers[0])
        #expect(cancelled == nil)
        self.loop.runTurn()
        #expect(done == nil)
        self.add(1, after: 1)
        for timer in timers { self.loop.cancel(timer) }
        self.loop.cancel(nil)
        self.loop.advance(by: .seconds(2))
        #expect(self.done.numbers == [1])
    }

    @Test("a timer at the maximum time never fires")
    func endOfTime() {
        self.add(1, after: 1)
        self.loop.schedule(after: .maximum) { [done] in done.numbers.append(2) }
        self.loop.advance(by: .seconds(3_600 * 24 * 365))
        #expect(self.done.numbers == [1])
    }

    @Test(
        "after random additions and cancellations, timers fire in the order of a sorted list",
        arguments: [1, 2, 3] as [UInt64]
    )
    func model(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var model: [(moment: Int, number: Int)] = []
        var timers: [Int: Engine.Timer] = [:]
        var expected: [Int] = []
        var now = 0
        for number in 0..<5_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6:
                let delay = Int.random(in: 0..<50, using: &random)
                timers[number] = self.add(number, after: delay)
                model.append((now + delay, number))
            case 6..<8:
                guard let index = model.indices.randomElement(using: &random) else { continue }
                self.loop.cancel(timers[model.remove(at: index).number])
            default:
                let step = Int.random(in: 0..<5, using: &random)
                now += step
                let due = model.filter { $0.moment <= now }.sorted { $0 < $1 }
                expected += due.map(\.number)
                model.removeAll { $0.moment <= now }
                self.loop.advance(by: .milliseconds(step))
                try #require(self.done.numbers == expected)
            }
        }
        self.loop.advance(by: .milliseconds(50))
        #expect(self.done.numbers == expected + model.sorted { $0 < $1 }.map(\.number))
    }
}
