import NIOCore
import Testing

@testable import PandaNet

@Suite("AdmissionBook")
struct AdmissionBookTests {
    private static let now = NIODeadline.uptimeNanoseconds(0)
    private static let one = IPAddress("192.0.2.1")
    private static let other = IPAddress("192.0.2.2")

    @Test("the one past the limit has to wait until a place is free")
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

    @Test("the one past the limit of an address is refused, and its neighbours are not")
    func addressLimit() {
        var book = AdmissionBook(limits: Limits(connectionsPerAddress: 2))
        for _ in 1...2 { #expect(book.admit(Self.one, at: Self.now) == .admitted) }
        #expect(book.admit(Self.one, at: Self.now) == .refused(.addressLimit))
        #expect(book.admit(Self.other, at: Self.now) == .admitted)
        book.release(Self.one)
        #expect(book.admit(Self.one, at: Self.now) == .admitted)
        #expect(book.refused == [.addressLimit: 1])
    }

    @Test("a connection that outlives its socket keeps its place, and its address's, until it ends")
    func keep() {
        var book = AdmissionBook(limits: Limits(connections: 2, connectionsPerAddress: 1))
        #expect(book.admit(Self.one, at: Self.now) == .admitted)
        book.keep(Self.one)
        book.release(Self.one)
        #expect(book.admit(Self.one, at: Self.now) == .refused(.addressLimit))
        book.keep(nil)
        #expect(book.admit(Self.other, at: Self.now) == .full)
        book.release(nil)
        book.release(Self.one)
        #expect(book.count == 0)
        #expect(book.admit(Self.one, at: Self.now) == .admitted)
    }

    @Test("a client that has gone takes no place and nothing of a rate, and is counted")
    func gone() {
        var book = AdmissionBook(limits: Limits(connections: 2, acceptsPerSecondPerAddress: 1))
        for _ in 1...3 { book.refuseGone() }
        #expect(book.count == 0)
        #expect(book.refused == [.clientGone: 3])
        #expect(book.admit(Self.one, at: Self.now) == .admitted)
    }

    @Test("a /64 of IPv6 is one address for the limits")
    func ipv6() {
        var book = AdmissionBook(limits: Limits(connectionsPerAddress: 1))
        #expect(book.admit(IPAddress("2001:db8:0:1::1"), at: Self.now) == .admitted)
        #expect(book.admit(IPAddress("2001:db8:0:1:ffff::2"), at: Self.now) == .refused(.addressLimit))
        #expect(book.admit(IPAddress("2001:db8:0:2::1"), at: Self.now) == .admitted)
        book.release(IPAddress("2001:db8:0:1::1"))
        #expect(book.admit(IPAddress("2001:db8:0:1::2"), at: Self.now) == .admitted)
    }

    @Test("the one past the rate of an address is refused; a refusal for another reason costs it nothing")
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

    @Test("who is denied is refused before anything else, also where everyone waits")
    func denied() throws {
        let access = AccessList(deny: [try IPNetwork("192.0.2.1")])
        var book = AdmissionBook(limits: Limits(connections: 1, access: access))
        #expect(book.admit(Self.other, at: Self.now) == .admitted)
        #expect(book.admit(Self.one, at: Self.now) == .refused(.accessDenied))
        #expect(book.refused == [.accessDenied: 1])
    }

    @Test("addresses that are not proven have a share of the places, and no more")
    func unproven() {
        var book = AdmissionBook(limits: Limits(connections: 10, unprovenUDPConnections: 2))
        for _ in 1...2 { #expect(book.admit(Self.one, isProven: false, at: Self.now) == .admitted) }
        #expect(book.admit(Self.other, isProven: false, at: Self.now) == .refused(.unprovenLimit))
        #expect(book.admit(Self.other, isProven: true, at: Self.now) == .admitted)

        book.proofChanged(isProven: true, connections: 2)
        #expect(book.admit(Self.other, isProven: false, at: Self.now) == .admitted)
        book.release(Self.other, isProven: false)
        #expect(book.unprovenCount == 0)
        book.proofChanged(isProven: false, connections: 2)
        #expect(book.admit(Self.other, isProven: false, at: Self.now) == .refused(.unprovenLimit))
    }

    @Test("other limits count for those who come, and connections that are there count for them")
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
}
