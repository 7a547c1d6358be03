import Testing

@testable import lobbyd

@Suite("ConnectionLimitWatch")
struct ConnectionLimitWatchTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Int) -> ContinuousClock.Instant { self.start + .seconds(seconds) }

    @Test("a limit that is reached is told once, and once when it is over")
    func once() {
        var watch = ConnectionLimitWatch()
        #expect(watch.look(isFull: false, timesFull: 0, at: self.at(0)) == nil)
        #expect(watch.look(isFull: true, timesFull: 1, at: self.at(1)) == .reached)
        #expect(watch.look(isFull: true, timesFull: 1, at: self.at(2)) == nil)
        #expect(watch.look(isFull: false, timesFull: 1, at: self.at(3)) == .over(after: .seconds(2)))
        #expect(watch.look(isFull: false, timesFull: 1, at: self.at(4)) == nil)
        #expect(watch.look(isFull: true, timesFull: 2, at: self.at(5)) == .reached)
    }

    @Test("places that are free for a moment do not end it, and one that was taken for a moment is told")
    func moments() {
        var watch = ConnectionLimitWatch()
        #expect(watch.look(isFull: false, timesFull: 7, at: self.at(1)) == .reached)
        #expect(watch.look(isFull: false, timesFull: 9, at: self.at(2)) == nil)
        #expect(watch.look(isFull: false, timesFull: 9, at: self.at(3)) == .over(after: .seconds(2)))
    }
}
