import NIOCore
import Testing

@testable import PandaNet

@Suite("What an unproven UDP address may be sent")
struct UDPAllowanceTests {
    @Test("nothing before anything came")
    func nothing() {
        var allowance = UDPAllowance()
        let isSpent = allowance.spend(bytes: 1)
        #expect(!isSpent)
    }

    @Test("as many bytes as came, to the last one, and not one more")
    func bytes() {
        var allowance = UDPAllowance()
        for bytes in [10, 2, 30] { allowance.received(bytes: bytes) }
        let answers = [43, 42, 1].map { allowance.spend(bytes: $0) }
        #expect(answers == [false, true, false])
        #expect(allowance.bytes == 0)
    }

    @Test("no more datagrams than came, however short they are")
    func datagrams() {
        var allowance = UDPAllowance()
        allowance.received(bytes: 1000)
        let answers = [2, 2].map { allowance.spend(bytes: $0) }
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
            } else if allowance.spend(bytes: bytes) {
                (bytesOut, datagramsOut) = (bytesOut + bytes, datagramsOut + 1)
            }
            #expect(bytesOut <= bytesIn && datagramsOut <= datagramsIn)
        }
    }

    @Test("what came and went while an address was proven does not count")
    func proven() {
        let host = UDPHost(name: "127.0.0.1", address: IPAddress(.ipv4, 0x7F00_0001))
        host.isProven = true
        host.received(bytes: 100)
        #expect(host.maySend(bytes: 10_000))
        host.isProven = false
        #expect(!host.maySend(bytes: 100))
        host.received(bytes: 100)
        host.isProven = true
        #expect(host.maySend(bytes: 10_000))
        host.isProven = false
        #expect(host.maySend(bytes: 100))
        #expect(!host.maySend(bytes: 1))
    }

    @Test("a host is there as long as one of its connections, and trusted no longer")
    func census() {
        let census = HostCensus()
        #expect(!census.contains("::1"))
        census.arrived("::1")
        census.arrived("::1")
        census.arrived("127.0.0.1")
        census.left("::1")
        #expect(census.contains("::1"))
        census.left("::1")
        #expect(!census.contains("::1"))
        #expect(census.contains("127.0.0.1"))
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
