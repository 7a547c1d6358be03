import Glibc
import Testing

@testable import Engine

@Suite("Address race")
struct AddressRaceTests {
    static func addresses(_ hosts: String...) -> [SocketAddress] { hosts.map { loopback(1, $0) } }

    @Test(
        "address families alternate, beginning with the resolver's first",
        arguments: [
            (addresses(), addresses()),
            (addresses("::1", "::2", "1.1.1.1"), addresses("::1", "1.1.1.1", "::2")),
            (addresses("1.1.1.1", "::1", "::2"), addresses("1.1.1.1", "::1", "::2")),
            (addresses("1.1.1.1", "1.1.1.2"), addresses("1.1.1.1", "1.1.1.2")),
        ]
    )
    func interleaved(found: [SocketAddress], tried: [SocketAddress]) {
        #expect(AddressRace.interleaved(found) == tried)
    }

    @Test("the race is lost when the attempts at all addresses have failed")
    func lost() {
        var race = AddressRace(Self.addresses("::1", "::2"))
        #expect(race.next() == loopback(1, "::1"))
        #expect(race.hasUntried)
        race.attemptFailed(.timedOut)
        #expect(!race.isLost)
        #expect(race.next() == loopback(1, "::2"))
        #expect(!race.isLost)
        #expect(race.next() == nil)
        race.attemptFailed(.unreachable)
        #expect(race.isLost)
        #expect(race.failure == .timedOut)
    }

    @Test("the next attempt begins after 250 ms, or earlier if the time would not suffice for all addresses")
    func delay() {
        var race = AddressRace(Self.addresses("::1", "::2", "::3"))
        _ = race.next()
        #expect(race.delay(timeLeft: .seconds(10)) == .milliseconds(250))
        #expect(race.delay(timeLeft: .milliseconds(300)) == .milliseconds(100))
        #expect(race.delay(timeLeft: .milliseconds(-1)) == .zero)
    }

    @Test("the race tries a limited number of addresses")
    func addressLimit() {
        var race = AddressRace((0...AddressRace.addressesMax).map { loopback(1, "127.0.0.\($0)") })
        var count = 0
        while race.next() != nil { count += 1 }
        #expect(count == AddressRace.addressesMax)
    }

    @Test("the most informative failure wins: refused, then timed out, then a system error, then unreachable")
    func mostTelling() {
        let ordered: [AddressFailure] = [.refused, .timedOut, .systemError(EMFILE), .unreachable]
        for (index, failure) in ordered.enumerated() {
            for less in ordered[index...] {
                #expect(failure.moreTelling(than: less) == failure)
                #expect(less.moreTelling(than: failure) == failure)
            }
            #expect(failure.moreTelling(than: nil) == failure)
        }
    }

    @Test(
        "an error number becomes the matching failure",
        arguments: [
            (ECONNREFUSED, AddressFailure.refused), (ETIMEDOUT, .timedOut), (ENETUNREACH, .unreachable),
            (EHOSTUNREACH, .unreachable), (EAFNOSUPPORT, .unreachable), (EMFILE, .systemError(EMFILE)),
        ]
    )
    func errorCode(code: CInt, failure: AddressFailure) {
        #expect(AddressFailure(code: code) == failure)
    }
}
