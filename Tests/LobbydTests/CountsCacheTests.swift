import Engine
import Testing

@testable import lobbyd

@Suite("CountsCache")
struct CountsCacheTests {
    private let start = ContinuousClock.now
    private var cache = CountsCache()

    private func counts(_ open: Int) -> DatedCounts {
        var counts = ConnectionCounts()
        counts.open = open
        return DatedCounts(counts, at: self.start)
    }

    @Test("counts serve requests until 100 ms after their walk began, and not longer")
    mutating func age() {
        #expect(self.cache.counts(askedAt: self.start) == nil)
        self.cache.keep(self.counts(1), since: self.cache.emptied)
        #expect(self.cache.counts(askedAt: self.start - .seconds(1)) == self.counts(1))
        #expect(self.cache.counts(askedAt: self.start + .milliseconds(100)) == self.counts(1))
        #expect(self.cache.counts(askedAt: self.start + .milliseconds(100) + .nanoseconds(1)) == nil)
    }

    @Test("an emptied cache forgets its counts, and ignores a walk that began before")
    mutating func emptied() {
        self.cache.keep(self.counts(1), since: self.cache.emptied)
        let before = self.cache.emptied
        self.cache.empty()
        #expect(self.cache.counts(askedAt: self.start) == nil)
        self.cache.keep(self.counts(2), since: before)
        #expect(self.cache.counts(askedAt: self.start) == nil)
        self.cache.keep(self.counts(3), since: self.cache.emptied)
        #expect(self.cache.counts(askedAt: self.start) == self.counts(3))
    }
}
