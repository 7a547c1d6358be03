import Testing

@testable import Engine

@Suite("AdmissionBook")
struct AdmissionBookTests {
    private static let now = Instant.seconds(0)
    private static let one = IPAddress("192.0.2.1")
    private static let other = IPAddress("192.0.2.2")
    private static let proven = AdmissionBook.Standing.proven(displacesAnother: false)

    @Test("a connection past the limit waits until a slot is free")
    func full() {
        var book = AdmissionBook(limits: Limits(connections: 2))
        for _ in 1...2 { #expect(book.admit(Self.one, at: Self.now) == .admitted) }
        #expect(book.isFull)
        #expect(book.admit(Self.other, at: Self.now) == .full)
        #expect(book.admitOwn() == false)
        #expect(book.refused == [.connectionLimit: 1])
        book.release(Self.one)
        #expect(book.admit(Self.other, at: Self.now) == .admitted)
        #expect(book.timesFull == 2)
        #expect(book.count == 2)
    }

    @Test("a connection past the limit of its address is refused, and other addresses are not affected")
    func addressLimit() {
        var book = AdmissionBook(limits: Limits(connectionsPerAddress: 2))
        for _ in 1...2 { #expect(book.admit(Self.one, at: Self.now) == .admitted) }
        #expect(book.admit(Self.one, at: Self.now) == .refused(.addressLimit))
        #expect(book.admit(Self.other, at: Self.now) == .admitted)
        book.release(Self.one)
        #expect(book.admit(Self.one, at: Self.now) == .admitted)
        #expect(book.refused == [.addressLimit: 1])
    }

    @Test("the limits count each link-local IPv6 address alone, and other IPv6 addresses by their /64")
    func linkLocal() throws {
        let (first, second) = (try #require(IPAddress("fe80::1")), try #require(IPAddress("fe80::2")))
        #expect(first.forLimits != second.forLimits)
        #expect(try #require(IPAddress("2001:db8::1")).forLimits == IPAddress("2001:db8::2")?.forLimits)
    }

    @Test("a client that left before its admission is counted, and uses no slot and no rate")
    func gone() {
        var book = AdmissionBook(limits: Limits(connections: 2, acceptsPerSecondPerAddress: 1))
        for _ in 1...3 { book.refuseGone() }
        #expect(book.count == 0)
        #expect(book.refused == [.clientGone: 3])
        #expect(book.admit(Self.one, at: Self.now) == .admitted)
    }

    @Test("the limits count a /64 of IPv6 as one address")
    func ipv6() {
        var book = AdmissionBook(limits: Limits(connectionsPerAddress: 1))
        #expect(book.admit(IPAddress("2001:db8:0:1::1"), at: Self.now) == .admitted)
        #expect(book.admit(IPAddress("2001:db8:0:1:ffff::2"), at: Self.now) == .refused(.addressLimit))
        #expect(book.admit(IPAddress("2001:db8:0:2::1"), at: Self.now) == .admitted)
        book.release(IPAddress("2001:db8:0:1::1"))
        #expect(book.admit(IPAddress("2001:db8:0:1::2"), at: Self.now) == .admitted)
    }

    @Test("a connection past the rate of its address is refused; other refusals do not use up the rate")
    func addressRate() {
        var book = AdmissionBook(limits: Limits(connections: 2, acceptsPerSecondPerAddress: 2))
        for _ in 1...2 { #expect(book.admit(Self.one, at: Self.now) == .admitted) }
        for _ in 1...5 { #expect(book.admit(Self.other, at: Self.now) == .full) }
        book.release(Self.one)
        #expect(book.admit(Self.one, at: Self.now) == .refused(.addressRate))
        #expect(book.admit(Self.other, at: Self.now) == .admitted)
        book.release(Self.other)
        #expect(book.admit(Self.one, at: Self.now + .milliseconds(500)) == .admitted)
        #expect(book.refused == [.addressRate: 1])
    }

    @Test("a denied address is refused even while all slots are in use")
    func denied() throws {
        let access = AccessList(deny: [try IPNetwork("192.0.2.1")])
        var book = AdmissionBook(limits: Limits(connections: 1, access: access))
        #expect(book.admit(Self.other, at: Self.now) == .admitted)
        #expect(book.admit(Self.one, at: Self.now) == .refused(.accessDenied))
        #expect(book.refused == [.accessDenied: 1])
    }

    @Test("unproven ports may use only their share of the slots")
    func unproven() throws {
        let (one, other) = (try #require(Self.one), try #require(Self.other))
        var book = AdmissionBook(limits: Limits(connections: 10, unprovenUDPConnections: 2))
        for _ in 1...2 { #expect(book.admit(one, .unproven, at: Self.now) == .admitted) }
        #expect(book.admit(other, .unproven, at: Self.now) == .refused(.unprovenLimit))
        #expect(book.admit(other, Self.proven, at: Self.now) == .admitted)

        for _ in 1...2 { book.proofChanged(one, isProven: true) }
        #expect(book.admit(other, .unproven, at: Self.now) == .admitted)
        book.release(other, .unproven)
        #expect(book.unprovenCount == 0)
        for _ in 1...2 { book.proofChanged(one, isProven: false) }
        #expect(book.admit(other, .unproven, at: Self.now) == .refused(.unprovenLimit))
        #expect(book.unprovenExcess == 0)
        book.proofChanged(other, isProven: false)
        #expect(book.unprovenExcess == 1)
    }

    @Test("UDP ports of an address never keep out its TCP connections; TCP connections keep out its proven ports")
    func books() throws {
        let one = try #require(Self.one)
        var book = AdmissionBook(limits: Limits(connectionsPerAddress: 2))
        for _ in 1...2 { #expect(book.admit(one, .unproven, at: Self.now) == .admitted) }
        #expect(book.admit(one, .unproven, at: Self.now) == .refused(.addressLimit))
        #expect(book.admit(one, at: Self.now) == .admitted)
        #expect(book.admit(one, Self.proven, at: Self.now) == .admitted)
        #expect(book.admit(one, Self.proven, at: Self.now) == .refused(.addressLimit))
        #expect(book.admit(one, .proven(displacesAnother: true), at: Self.now) == .admitted)
        book.proofChanged(one, isProven: false)
        #expect(book.unprovenExcess(of: one) == 1)
        #expect(book.admit(one, at: Self.now) == .admitted)
        #expect(book.admit(one, at: Self.now) == .refused(.addressLimit))
    }

    @Test("a port becomes proven although its address has used all its slots, and the slot is free afterwards")
    func provenLater() throws {
        let one = try #require(Self.one)
        var book = AdmissionBook(limits: Limits(connectionsPerAddress: 1))
        #expect(book.admit(one, .unproven, at: Self.now) == .admitted)
        #expect(book.admit(one, at: Self.now) == .admitted)
        book.proofChanged(one, isProven: true)
        #expect(book.admit(one, .unproven, at: Self.now) == .admitted)
        book.release(one, Self.proven)
        book.release(one)
        #expect(book.admit(one, Self.proven, at: Self.now) == .admitted)
        book.release(one, Self.proven)
        book.release(one, .unproven)
        #expect(book.count == 0 && book.unprovenCount == 0)
    }

    @Test("UDP ports, proven or not, do not use the TCP rate of their address")
    func ratesByThemselves() throws {
        let one = try #require(Self.one)
        var book = AdmissionBook(limits: Limits(acceptsPerSecondPerAddress: 2))
        #expect(book.admit(one, .unproven, at: Self.now) == .admitted)
        #expect(book.admit(one, Self.proven, at: Self.now) == .admitted)
        for standing in [.unproven, Self.proven] {
            #expect(book.admit(one, standing, at: Self.now) == .refused(.addressRate))
        }
        for _ in 1...2 { #expect(book.admit(one, at: Self.now) == .admitted) }
        #expect(book.admit(one, at: Self.now) == .refused(.addressRate))
    }

    @Test("changed limits apply to new connections and count the existing ones")
    func update() {
        var book = AdmissionBook(limits: Limits(connections: nil))
        for _ in 1...3 { #expect(book.admit(Self.one, at: Self.now) == .admitted) }
        book.use(Limits(connections: 3, connectionsPerAddress: 3))
        #expect(book.isFull)
        #expect(book.timesFull == 1)
        book.use(Limits(connections: 10, connectionsPerAddress: 3))
        #expect(book.admit(Self.one, at: Self.now) == .refused(.addressLimit))
        for _ in 1...3 { book.release(Self.one) }
        #expect(book.count == 0)
    }

    // MARK: Openings

    @Test("an opening counts for its address but takes no slot; its completion takes a slot")
    func opening() {
        var book = AdmissionBook(limits: Limits(connections: 1, connectionsPerAddress: 1))
        #expect(book.beginOpening(Self.one, at: Self.now) == nil)
        #expect(book.openingCount == 1 && book.count == 0)
        #expect(book.admit(Self.one, at: Self.now) == .refused(.addressLimit))
        #expect(book.finishOpening(Self.one, as: Self.one!, at: Self.now) == nil)
        #expect(book.openingCount == 0 && book.count == 1)
        #expect(book.beginOpening(Self.other, at: Self.now) == nil)
        #expect(book.finishOpening(Self.other, as: Self.other!, at: Self.now) == .connectionLimit)
        book.release(Self.one)
        #expect(book.admit(Self.other, at: Self.now) == .admitted)
        #expect(book.refused == [.addressLimit: 1, .connectionLimit: 1])
    }

    @Test(
        "a completed opening counts for the address that it found, not for the socket's address",
        arguments: [true, false]
    )
    func openingFindsAddress(isFromPeer: Bool) {
        let limits = Limits(connectionsPerAddress: 1, acceptsPerSecondPerAddress: 1)
        var book = AdmissionBook(limits: limits)
        let counted = isFromPeer ? Self.one : nil
        #expect(book.beginOpening(counted, at: Self.now) == nil)
        #expect(book.finishOpening(counted, as: Self.other!, at: Self.now) == nil)
        #expect(book.admit(Self.other, at: Self.now) == .refused(.addressLimit))
        let later = Self.now + .seconds(1)
        #expect(book.admit(Self.one, at: later) == .admitted)
        book.release(Self.other)
        #expect(book.admit(Self.other, at: later) == .admitted)
    }

    @Test("an opening that fails or is refused gives back its share of the limits")
    func openingEnds() {
        var book = AdmissionBook(limits: Limits(connectionsPerAddress: 1))
        #expect(book.beginOpening(Self.one, at: Self.now) == nil)
        #expect(book.beginOpening(Self.one, at: Self.now) == .addressLimit)
        book.endOpening(Self.one, .openingTimeout)
        #expect(book.beginOpening(Self.one, at: Self.now) == nil)
        book.use(Limits(connectionsPerAddress: 1, access: AccessList(deny: [try! IPNetwork("192.0.2.1")])))
        #expect(book.finishOpening(Self.one, as: Self.one!, at: Self.now) == .accessDenied)
        #expect(book.beginOpening(Self.one, at: Self.now) == .accessDenied)
        book.use(Limits(connectionsPerAddress: 1))
        #expect(book.admit(Self.one, at: Self.now) == .admitted)
        #expect(book.openingCount == 0)
        #expect(book.refused == [.addressLimit: 1, .openingTimeout: 1, .accessDenied: 2])
    }

    @Test("openings have a limit of their own")
    func openingLimit() {
        var book = AdmissionBook(limits: Limits(openings: 1))
        #expect(book.beginOpening(nil, at: Self.now) == nil)
        #expect(!book.hasOpeningExcess)
        #expect(book.beginOpening(nil, at: Self.now) == nil)
        #expect(book.hasOpeningExcess)
        book.endOpening(nil, .openingLimit)
        #expect(!book.hasOpeningExcess)
    }
}
