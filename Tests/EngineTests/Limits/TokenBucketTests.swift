import EngineSupport
import Testing

@testable import Engine

@Suite("TokenBucket")
struct TokenBucketTests {
    @Test("a bucket gives a second's tokens at once, and not one more")
    func burst() {
        var bucket = TokenBucket(rate: 10, at: .seconds(5))
        let burst = bucket.take(10, at: .seconds(5))
        let oneMore = bucket.take(1, at: .seconds(5))
        #expect(burst && !oneMore)
    }

    @Test("a bucket refills evenly, up to a second's tokens")
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
        "a steady stream at the rate always passes, and one percent more does not",
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

    @Test("the highest rate is enforced")
    func highest() {
        var bucket = TokenBucket(rate: 1_000_000_000, at: .seconds(0))
        let all = bucket.take(1_000_000_000, at: .seconds(0))
        let oneMore = bucket.take(1, at: .seconds(0))
        #expect(all && !oneMore)
    }

    @Test(
        "the available tokens can be taken, and one more only after the predicted time",
        arguments: [1, 7, 60, 999_983]
    )
    func available(rate: Int) {
        var bucket = TokenBucket(rate: rate, at: .seconds(0))
        for step in 0..<1000 {
            let now = Instant.seconds(Double(step) * 0.013)
            let available = bucket.available(at: now)
            var other = bucket
            #expect(bucket.time(until: available, at: now) == .zero)
            let isMoreTaken = other.take(available + 1, at: now)
            #expect(!isMoreTaken)
            if let time = bucket.time(until: available + 1, at: now) {
                #expect(time > .zero)
                #expect(bucket.available(at: now + time) == available + 1)
                #expect(bucket.available(at: now + time - .nanoseconds(1)) == available)
            } else {
                #expect(available == rate)
            }
            let isTaken = bucket.take(step % 3 == 0 ? available : available / 2, at: now)
            #expect(isTaken)
        }
    }

    @Test("more than a second's tokens is always refused")
    func overBurst() {
        var bucket = TokenBucket(rate: 10, at: .seconds(0))
        let most = bucket.take(.max, at: .seconds(0))
        let burst = bucket.take(10, at: .seconds(0))
        #expect(!most && burst)
    }
}

@Suite("ReceiveRates")
struct ReceiveRatesTests {
    @Test("limits without a rate need no rate tracking")
    func off() {
        #expect(ReceiveRates(Limits(), at: .seconds(0)) == nil)
    }

    @Test("the exceeded rate is named")
    func named() {
        let limits = Limits(datagramsPerSecond: 2, bytesPerSecond: 100)
        var rates = ReceiveRates(limits, at: .seconds(0))
        #expect(rates?.received(datagrams: 2, bytes: 60, at: .seconds(0)) == .some(nil))
        #expect(rates?.received(datagrams: 1, bytes: 1, at: .seconds(0)) == .datagramsPerSecond)
        #expect(rates?.received(datagrams: 1, bytes: 91, at: .seconds(0.5)) == .bytesPerSecond)
    }

    @Test("a broadcast costs its bytes times its receivers, and does not use up the other rates")
    func broadcast() {
        let limits = Limits(bytesPerSecond: 100, broadcastBytesPerSecond: 1000)
        var rates = ReceiveRates(limits, at: .seconds(0))
        run([48, 48]) { #expect(rates?.broadcast($0, to: 10, at: .seconds(0)).datagramCount == 2) }
        run([0]) { #expect(rates?.broadcast($0, to: 1, at: .seconds(0)).datagramCount == 0) }
        run([0]) { #expect(rates?.broadcast($0, to: 0, at: .seconds(0)).datagramCount == 1) }
        #expect(rates?.received(datagrams: 1, bytes: 100, at: .seconds(0)) == .some(nil))
        let same = rates?.changed(to: Limits(broadcastBytesPerSecond: 1000), at: .seconds(0))
        #expect(same == ReceiveRates(Limits(broadcastBytesPerSecond: 1000), at: .seconds(1)))
    }

    @Test("a changed rate starts full, an unchanged rate continues, and a removed rate ends")
    func changed() {
        let limits = Limits(datagramsPerSecond: 2, bytesPerSecond: 100)
        var rates = ReceiveRates(limits, at: .seconds(0))
        _ = rates?.received(datagrams: 2, bytes: 100, at: .seconds(0))
        var changed = rates?.changed(to: Limits(datagramsPerSecond: 3, bytesPerSecond: 100), at: .seconds(0))
        #expect(changed?.received(datagrams: 3, bytes: 0, at: .seconds(0)) == .some(nil))
        #expect(changed?.received(datagrams: 0, bytes: 1, at: .seconds(0)) == .bytesPerSecond)
        #expect(rates?.changed(to: Limits(), at: .seconds(0)) == nil)
    }

    /// Builds a run of payloads with these lengths.
    private func run(_ payloadBytes: [Int], _ body: (DatagramRun) -> Void) {
        let bytes = payloadBytes.flatMap { frame([UInt8](repeating: 1, count: $0)) }
        bytes.withUnsafeBytes { body(DatagramRun(bytes: $0, datagramCount: payloadBytes.count, framing: .two)) }
    }

    @Test("the datagrams of a run pass up to both rates, and the next one waits")
    func share() {
        let limits = Limits(datagramsPerSecond: 4, bytesPerSecond: 100)
        var rates = ReceiveRates(limits, at: .seconds(0))
        run([28, 28, 28, 28]) { #expect(rates?.share(of: $0, at: .seconds(0)).datagramCount == 3) }
        run([0, 0, 0, 0, 0]) { #expect(rates?.share(of: $0, at: .seconds(0)).datagramCount == 4) }
        #expect(rates?.received(datagrams: 3, bytes: 90, at: .seconds(0)) == .some(nil))
        #expect(rates?.wait(frameBytes: 10, at: .seconds(0)) == nil)
        let bytesWait = rates?.wait(frameBytes: 30, at: .seconds(0))
        #expect(bytesWait?.limit == .bytesPerSecond)
        #expect(bytesWait?.time == .milliseconds(200))
        #expect(rates?.wait(frameBytes: 101, at: .seconds(0))?.time == .some(nil))
        #expect(rates?.received(datagrams: 1, bytes: 2, at: .seconds(0)) == .some(nil))
        let datagramsWait = rates?.wait(frameBytes: 2, at: .seconds(0))
        #expect(datagramsWait?.limit == .datagramsPerSecond)
        #expect(datagramsWait?.time == .milliseconds(250))
    }

    @Test("the datagrams of a broadcast pass up to the rate, and the next one waits")
    func broadcastShare() {
        var rates = ReceiveRates(Limits(broadcastBytesPerSecond: 1000), at: .seconds(0))
        run([28, 28, 28, 28]) { #expect(rates?.broadcast($0, to: 10, at: .seconds(0)).datagramCount == 3) }
        #expect(rates?.wait(broadcastBytes: 100, at: .seconds(0)) == nil)
        #expect(rates?.wait(broadcastBytes: 300, at: .seconds(0))?.time == .milliseconds(200))
        #expect(rates?.canBroadcast(bytes: 1000) == true)
        #expect(rates?.canBroadcast(bytes: 1001) == false)
        #expect(ReceiveRates(Limits(bytesPerSecond: 1), at: .seconds(0))?.canBroadcast(bytes: .max) == true)
    }
}
