import Testing

@testable import lobbyd

@Suite("ConnectionLimitWatch")
struct ConnectionLimitWatchTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Int) -> ContinuousClock.Instant { self.start + .seconds(seconds) }

    @Test("a reached limit is reported once, and once more when it is over")
    func once() {
        var watch = ConnectionLimitWatch()
        #expect(watch.look(isFull: false, timesFull: 0, at: self.at(0)) == nil)
        #expect(watch.look(isFull: true, timesFull: 1, at: self.at(1)) == .reached)
        #expect(watch.look(isFull: true, timesFull: 1, at: self.at(2)) == nil)
        #expect(watch.look(isFull: false, timesFull: 1, at: self.at(3)) == .over(after: .seconds(2)))
        #expect(watch.look(isFull: false, timesFull: 1, at: self.at(4)) == nil)
        #expect(watch.look(isFull: true, timesFull: 2, at: self.at(5)) == .reached)
    }

    @Test("briefly free slots do not end the limit, and a briefly reached limit is reported")
    func moments() {
        var watch = ConnectionLimitWatch()
        #expect(watch.look(isFull: false, timesFull: 7, at: self.at(1)) == .reached)
        #expect(watch.look(isFull: false, timesFull: 9, at: self.at(2)) == nil)
        #expect(watch.look(isFull: false, timesFull: 9, at: self.at(3)) == .over(after: .seconds(2)))
    }
}
