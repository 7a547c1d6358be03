import Dispatch
import Engine
import Testing

@testable import lobbyd

@Suite("ControlWalks")
struct ControlWalksTests {
    private let walks = ControlWalks()
    private let taken = Locked(0)

    /// Counts the walks, and returns the number of walks so far.
    private func walk() -> ConnectionCounts {
        var counts = ConnectionCounts()
        counts.open = self.taken.withLock { taken in
            taken += 1
            return taken
        }
        return counts
    }

    @Test("requests within a short time share a walk, and a request after a change does not")
    func shared() {
        let first = self.walks.counts(self.walk)
        #expect(first.counts.open == 1)
        // On a stalled machine the second request may come after 100 ms, and then needs its own walk.
        let second = self.walks.counts(self.walk)
        #expect(second == first || second.at >= first.at + CountsCache.ageMax)
        self.walks.empty()
        let third = self.walks.counts(self.walk)
        #expect(third.counts.open == self.taken.withLock { $0 } && third != second)
    }

    @Test("a walk during which a change happened serves no later request")
    func changedMeanwhile() {
        let first = self.walks.counts {
            self.walks.empty()
            return self.walk()
        }
        #expect(first.counts.open == 1)
        #expect(self.walks.counts(self.walk).counts.open == 2)
    }

    @Test("a failed walk is not kept")
    func failed() {
        struct Failure: Error {}
        #expect(throws: Failure.self) { try self.walks.counts { throw Failure() } }
        #expect(self.walks.counts(self.walk).counts.open == 1)
    }

    @Test("only one of eight threads walks at a time")
    func oneAtATime() {
        let walking = Locked(0)
        let most = Locked(0)
        @Sendable func enter() {
            let now = walking.withLock { walking in
                walking += 1
                return walking
            }
            most.withLock { $0 = max($0, now) }
            walking.withLock { $0 -= 1 }
        }
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for _ in 1...200 {
                if thread.isMultiple(of: 2) {
                    self.walks.oneAtATime(enter)
                } else {
                    self.walks.empty()
                    _ = self.walks.counts {
                        enter()
                        return self.walk()
                    }
                }
            }
        }
        #expect(most.withLock { $0 } == 1)
    }
}
