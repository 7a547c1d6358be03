import Testing

@testable import Engine

@Suite("AcceptRates")
struct AcceptRatesTests {
    private static func at(_ milliseconds: Int64) -> Instant { .seconds(0) + .milliseconds(milliseconds) }

    private static func address(_ number: Int) -> IPAddress { IPAddress(.ipv4, UInt128(number)) }

    @Test("an address may connect as often as its rate allows, and again when time has passed")
    func rate() {
        var rates = AcceptRates(perSecond: 10)
        for _ in 1...10 { #expect(rates.admit(Self.address(1), at: Self.at(0)) == true) }
        #expect(rates.admit(Self.address(1), at: Self.at(0)) == false)
        #expect(rates.admit(Self.address(2), at: Self.at(0)) == true)
        #expect(rates.admit(Self.address(1), at: Self.at(99)) == false)
        #expect(rates.admit(Self.address(1), at: Self.at(100)) == true)
        #expect(rates.admit(Self.address(1), at: Self.at(100)) == false)
    }

    @Test("the rate limits an address that never stops connecting")
    func longRun() {
        var rates = AcceptRates(perSecond: 5)
        let admitted = (0..<10_000).count { rates.admit(Self.address(1), at: Self.at($0)) }
        #expect((50...55).contains(admitted))
    }

    @Test("the table forgets addresses that have not connected for two seconds")
    func pruned() {
        var rates = AcceptRates(perSecond: 1)
        for number in 0..<1000 { _ = rates.admit(Self.address(number), at: Self.at(0)) }
        #expect(rates.count == 1000)
        _ = rates.admit(Self.address(0), at: Self.at(2000))
        #expect(rates.count == 1)
    }

    @Test("a million addresses within a second do not grow the table beyond twice its limit")
    func bounded() {
        var rates = AcceptRates(perSecond: 1)
        var countMax = 0
        for number in 0..<1_000_000 {
            _ = rates.admit(Self.address(number), at: Self.at(Int64(number / 1000)))
            countMax = max(countMax, rates.count)
        }
        #expect(countMax <= 2 * AcceptRates.addressesMax)
        #expect(countMax > AcceptRates.addressesMax)
    }
}
