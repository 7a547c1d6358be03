import NIOCore
import Testing

@testable import PandaNet

@Suite("What an unproven UDP address may be sent")
struct UDPAllowanceTests {
    private static let now = NIODeadline.uptimeNanoseconds(0)

    @Test("nothing before anything came")
    func nothing() {
        var allowance = UDPAllowance()
        let isSpent = allowance.spend(bytes: 1, perSecond: nil, at: Self.now)
        #expect(!isSpent)
    }

    @Test("as many bytes as came, to the last one, and not one more")
    func bytes() {
        var allowance = UDPAllowance()
        for bytes in [10, 2, 30] { allowance.received(bytes: bytes) }
        let answers = [43, 42, 1].map { allowance.spend(bytes: $0, perSecond: nil, at: Self.now) }
        #expect(answers == [false, true, false])
        #expect(allowance.bytes == 0)
    }

    @Test("no more datagrams than came, however short they are")
    func datagrams() {
        var allowance = UDPAllowance()
        allowance.received(bytes: 1000)
        let answers = [2, 2].map { allowance.spend(bytes: $0, perSecond: nil, at: Self.now) }
        #expect(answers == [true, false])
    }

    @Test("whatever comes and is asked for, out never passes in")
    func bound() {
        var allowance = UDPAllowance()
        var random = SystemRandomNumberGenerator()
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

    @Test("no more datagrams than the rate, with a burst of one second; another rate begins anew")
    func rate() {
        var allowance = UDPAllowance()
        for _ in 0..<100 { allowance.received(bytes: 10) }
        func answers(_ count: Int, perSecond: Int?, after time: TimeAmount) -> Int {
            (0..<count).filter { _ in allowance.spend(bytes: 10, perSecond: perSecond, at: Self.now + time) }.count
        }
        #expect(answers(30, perSecond: 20, after: .zero) == 20)
        #expect(answers(30, perSecond: 20, after: .milliseconds(49)) == 0)
        #expect(answers(30, perSecond: 20, after: .milliseconds(50)) == 1)
        #expect(answers(30, perSecond: 20, after: .seconds(60)) == 20)
        #expect(answers(30, perSecond: 5, after: .seconds(60)) == 5)
        #expect(answers(30, perSecond: nil, after: .seconds(60)) == 30)
        #expect(allowance.datagrams == 24, "an answer that the rate withholds costs no allowance")
    }

    @Test("TCP connections are counted by address")
    func census() throws {
        let census = HostCensus()
        let (six, four) = (try #require(IPAddress("::1")), try #require(IPAddress("127.0.0.1")))
        #expect(census.count(of: six) == 0)
        for host in [six, six, four] { census.arrived(host) }
        census.left(six)
        #expect(census.count(of: six) == 1)
        census.left(six)
        #expect(census.count(of: six) == 0)
        #expect(census.count(of: four) == 1)
    }

    @Test(
        "a source that no answer can reach is told from one that it can",
        arguments: [
            ("127.0.0.1", 1, true), ("203.0.113.9", 65_535, true), ("::1", 1, true), ("2001:db8::1", 9, true),
            ("::ffff:127.0.0.1", 9, true), ("223.255.255.255", 9, true),
            ("127.0.0.1", 0, false), ("::1", 0, false), ("0.0.0.0", 9, false), ("0.1.2.3", 9, false),
            ("::", 9, false), ("::ffff:0.0.0.0", 9, false), ("255.255.255.255", 9, false), ("224.0.0.1", 9, false),
            ("240.0.0.1", 9, false), ("ff02::1", 9, false), ("::ffff:255.255.255.255", 9, false),
            ("::ffff:224.0.0.1", 9, false),
        ]
    )
    func answerable(host: String, port: Int, isAnswerable: Bool) throws {
        #expect(UDPSource.isAnswerable(try SocketAddress(ipAddress: host, port: port)) == isAnswerable)
    }

    @Test(
        "an address of this machine is told from another's",
        arguments: [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::ffff:127.0.0.1", true), ("192.0.2.1", false),
            ("::ffff:192.0.2.1", false),
        ]
    )
    func local(host: String, isLocal: Bool) throws {
        #expect(UDPSource.isLocal(try SocketAddress(ipAddress: host, port: 9)) == isLocal)
    }
}
