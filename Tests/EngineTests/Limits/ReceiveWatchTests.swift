import Testing

@testable import Engine

@Suite("ReceiveWatch")
struct ReceiveWatchTests {
    private let frames = Limits(frameTimeout: .seconds(10))
    private let idle = Limits(frameTimeout: nil, idleTimeout: .seconds(10))

    private func progress(_ bytes: UInt64, datagrams: UInt64 = 0, isMidFrame: Bool = false) -> ReceiveWatch.Progress {
        ReceiveWatch.Progress(bytes: bytes, datagrams: datagrams, isMidFrame: isMidFrame)
    }

    @Test("a datagram's timeout begins at its first byte, and later bytes do not extend it")
    func slowFrame() {
        var watch = ReceiveWatch(at: .seconds(0))
        let before = watch.look(self.progress(20, datagrams: 1), self.frames, at: .seconds(99))
        let first = watch.look(self.progress(21, datagrams: 1, isMidFrame: true), self.frames, at: .seconds(100))
        let last = watch.look(self.progress(30, datagrams: 1, isMidFrame: true), self.frames, at: .seconds(109.9))
        let late = watch.look(self.progress(31, datagrams: 1, isMidFrame: true), self.frames, at: .seconds(110))
        #expect(before == nil && first == nil && last == nil && late == .frameTimeout)
    }

    @Test("the next datagram has its own timeout, even without a check between the two datagrams")
    func nextFrame() {
        var watch = ReceiveWatch(at: .seconds(0))
        for number in 0..<20 {
            let at = Instant.seconds(Double(number) * 9)
            let progress = self.progress(UInt64(number) * 50 + 1, datagrams: UInt64(number), isMidFrame: true)
            let limit = watch.look(progress, self.frames, at: at)
            #expect(limit == nil)
        }
    }

    @Test("a connection between datagrams has no timeout except the idle timeout")
    func idleTimeout() {
        var patient = ReceiveWatch(at: .seconds(0))
        let never = patient.look(self.progress(0), self.frames, at: .seconds(1_000_000))
        var watch = ReceiveWatch(at: .seconds(0))
        let early = watch.look(self.progress(0), self.idle, at: .seconds(9.9))
        let heard = watch.look(self.progress(1, isMidFrame: true), self.idle, at: .seconds(9.95))
        let afterOneByte = watch.look(self.progress(1, isMidFrame: true), self.idle, at: .seconds(19))
        let late = watch.look(self.progress(1, isMidFrame: true), self.idle, at: .seconds(19.95))
        #expect(never == nil && early == nil && heard == nil && afterOneByte == nil && late == .idleTimeout)
    }
}

@Suite("PendingAge")
struct PendingAgeTests {
    private let ageMax = Duration.seconds(16)

    @Test("pending bytes are too old when they have not moved for the maximum age")
    func stuck() {
        var age = PendingAge()
        let looks = [1.0, 2, 16.9, 17].map { age.look(end: 100, waiting: 100, ageMax: self.ageMax, at: .seconds($0)) }
        #expect(looks == [false, false, false, true])
    }

    @Test("pending bytes that leave in time are never too old, even if the queue is never empty")
    func flowing() {
        var age = PendingAge()
        for second in 0..<200 {
            let isOld = age.look(
                end: second * 10,
                waiting: min(second, 12) * 10,
                ageMax: self.ageMax,
                at: .seconds(Double(second))
            )
            #expect(!isOld)
        }
    }

    @Test("a peer that reads ever more slowly is detected at most a sixteenth of the age plus one check late")
    func slowing() {
        var age = PendingAge()
        var caughtAt: Int?
        // Ten bytes arrive each second and five leave, so a byte that arrives in second n leaves in second 2n.
        for second in 0..<100 where caughtAt == nil {
            let isOld = age.look(
                end: second * 10,
                waiting: second * 5,
                ageMax: self.ageMax,
                at: .seconds(Double(second))
            )
            if isOld { caughtAt = second }
        }
        #expect((32...36).contains(caughtAt ?? 0))
    }

    @Test("an empty queue clears the mark")
    func empty() {
        var age = PendingAge()
        _ = age.look(end: 100, waiting: 100, ageMax: self.ageMax, at: .seconds(0))
        #expect(age.isMarked)
        _ = age.look(end: 100, waiting: 0, ageMax: self.ageMax, at: .seconds(1))
        #expect(!age.isMarked)
        let isOld = age.look(end: 101, waiting: 1, ageMax: self.ageMax, at: .seconds(16))
        #expect(!isOld)
    }
}
