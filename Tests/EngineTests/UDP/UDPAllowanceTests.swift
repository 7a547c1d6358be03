import SeededRandom
import Testing

@testable import Engine

@Suite("Allowance of an unproven UDP address")
struct UDPAllowanceTests {
    private static let now = Instant.seconds(0)

    @Test("an address that has sent no datagram gets no answer")
    func nothing() {
        var allowance = UDPAllowance()
        let isSpent = allowance.spend(bytes: 1, perSecond: nil, at: Self.now)
        #expect(!isSpent)
    }

    @Test("the answers may have as many bytes as were received, and not one more")
    func bytes() {
        var allowance = UDPAllowance()
        for bytes in [10, 2, 30] { allowance.received(bytes: bytes) }
        let answers = [43, 42, 1].map { allowance.spend(bytes: $0, perSecond: nil, at: Self.now) }
        #expect(answers == [false, true, false])
        #expect(allowance.bytes == 0)
    }

    @Test("the answers may not outnumber the received datagrams, even if they are shorter")
    func datagrams() {
        var allowance = UDPAllowance()
        allowance.received(bytes: 1000)
        let answers = [2, 2].map { allowance.spend(bytes: $0, perSecond: nil, at: Self.now) }
        #expect(answers == [true, false])
    }

    @Test("for random traffic, the sent bytes and datagrams never exceed the received ones", arguments: [UInt64(1), 2])
    func bound(seed: UInt64) {
        var allowance = UDPAllowance()
        var random = SplitMix64(seed: seed)
        var (bytesIn, bytesOut, datagramsIn, datagramsOut) = (0, 0, 0, 0)
        for _ in 0..<10_000 {
            let bytes = Int.random(in: 2...1502, using: &random)
            if Bool.random(using: &random) {
                allowance.received(bytes: bytes)
                (bytesIn, datagramsIn) = (bytesIn + bytes, datagramsIn + 1)
            } else if allowance.spend(bytes: bytes, perSecond: nil, at: Self.now) {
                (bytesOut, datagramsOut) = (bytesOut + bytes, datagramsOut + 1)
            }
            #expect(bytesOut <= bytesIn && datagramsOut <= datagramsIn)
        }
    }

    @Test("answers are limited to the rate with a burst of one second, and a changed rate starts full")
    func rate() {
        var allowance = UDPAllowance()
        for _ in 0..<100 { allowance.received(bytes: 10) }
        func answers(_ count: Int, perSecond: Int?, after time: Duration) -> Int {
            (0..<count).filter { _ in allowance.spend(bytes: 10, perSecond: perSecond, at: Self.now + time) }.count
        }
        #expect(answers(30, perSecond: 20, after: .zero) == 20)
        #expect(answers(30, perSecond: 20, after: .milliseconds(49)) == 0)
        #expect(answers(30, perSecond: 20, after: .milliseconds(50)) == 1)
        #expect(answers(30, perSecond: 20, after: .seconds(60)) == 20)
        #expect(answers(30, perSecond: 5, after: .seconds(60)) == 5)
        #expect(answers(30, perSecond: nil, after: .seconds(60)) == 30)
        #expect(allowance.datagrams == 24, "an answer that the rate withholds uses no allowance")
    }
}
