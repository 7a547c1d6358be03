import NIOCore
import Testing

@testable import PandaNet

@Suite("TokenBucket")
struct TokenBucketTests {
    @Test("a second's worth may come at once, one more may not")
    func burst() {
        var bucket = TokenBucket(rate: 10, at: .seconds(5))
        let burst = bucket.take(10, at: .seconds(5))
        let oneMore = bucket.take(1, at: .seconds(5))
        #expect(burst && !oneMore)
    }

    @Test("it fills again evenly, and never over a second's worth")
    func fills() {
        var bucket = TokenBucket(rate: 10, at: .seconds(0))
        let first = bucket.take(10, at: .seconds(0))
        let early = bucket.take(3, at: .seconds(0.25))
        let inTime = bucket.take(3, at: .seconds(0.3))
        let afterLong = bucket.take(11, at: .seconds(100))
        let burst = bucket.take(10, at: .seconds(100))
        #expect(first && !early && inTime && !afterLong && burst)
    }

    @Test(
        "a steady stream at the rate passes for ever, at a hundredth more it does not",
        arguments: [1, 7, 1000, 999_983]
    )
    func steady(rate: Int) {
        var even = TokenBucket(rate: rate, at: .seconds(0))
        var fast = even
        var isRefused = false
        for second in stride(from: 0.0, to: 200, by: 1) {
            let taken = even.take(rate, at: .seconds(second))
            #expect(taken)
            isRefused = isRefused || !fast.take(rate, at: .seconds(second / 1.01))
        }
        #expect(isRefused)
    }

    @Test("the highest rate is counted too")
    func highest() {
        var bucket = TokenBucket(rate: 1_000_000_000, at: .seconds(0))
        let all = bucket.take(1_000_000_000, at: .seconds(0))
        let oneMore = bucket.take(1, at: .seconds(0))
        #expect(all && !oneMore)
    }

    @Test("more than any second's worth is refused, however much it is")
    func overBurst() {
        var bucket = TokenBucket(rate: 10, at: .seconds(0))
        let most = bucket.take(.max, at: .seconds(0))
        let burst = bucket.take(10, at: .seconds(0))
        #expect(!most && burst)
    }
}

@Suite("ReceiveRates")
struct ReceiveRatesTests {
    @Test("without a rate there is nothing to look at")
    func off() {
        #expect(ReceiveRates(Limits(), at: .seconds(0)) == nil)
    }

    @Test("the rate that was passed is named")
    func named() {
        let limits = Limits(datagramsPerSecond: 2, bytesPerSecond: 100)
        var rates = ReceiveRates(limits, at: .seconds(0))
        #expect(rates?.received(datagrams: 2, bytes: 60, at: .seconds(0)) == .some(nil))
        #expect(rates?.received(datagrams: 1, bytes: 1, at: .seconds(0)) == .datagramsPerSecond)
        #expect(rates?.received(datagrams: 1, bytes: 91, at: .seconds(0.5)) == .bytesPerSecond)
    }

    @Test("a broadcast costs its bytes times its receivers, and nothing of the other rates")
    func broadcast() {
        let limits = Limits(bytesPerSecond: 100, broadcastBytesPerSecond: 1000)
        var rates = ReceiveRates(limits, at: .seconds(0))
        #expect(rates?.broadcast(bytes: 100, to: 10, at: .seconds(0)) == .some(nil))
        #expect(rates?.broadcast(bytes: 1, to: 1, at: .seconds(0)) == .broadcastBytesPerSecond)
        #expect(rates?.broadcast(bytes: 1, to: 0, at: .seconds(0)) == .some(nil))
        #expect(rates?.received(datagrams: 1, bytes: 100, at: .seconds(0)) == .some(nil))
        let same = rates?.changed(to: Limits(broadcastBytesPerSecond: 1000), at: .seconds(0))
        #expect(same == ReceiveRates(Limits(broadcastBytesPerSecond: 1000), at: .seconds(1)))
    }

    @Test("another rate begins anew, the same goes on, none ends it")
    func changed() {
        let limits = Limits(datagramsPerSecond: 2, bytesPerSecond: 100)
        var rates = ReceiveRates(limits, at: .seconds(0))
        _ = rates?.received(datagrams: 2, bytes: 100, at: .seconds(0))
        var changed = rates?.changed(to: Limits(datagramsPerSecond: 3, bytesPerSecond: 100), at: .seconds(0))
        #expect(changed?.received(datagrams: 3, bytes: 0, at: .seconds(0)) == .some(nil))
        #expect(changed?.received(datagrams: 0, bytes: 1, at: .seconds(0)) == .bytesPerSecond)
        #expect(rates?.changed(to: Limits(), at: .seconds(0)) == nil)
    }
}
