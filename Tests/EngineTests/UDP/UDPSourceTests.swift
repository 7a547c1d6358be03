import Testing

@testable import Engine

@Suite("Sources of UDP datagrams")
struct UDPSourceTests {
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
        "a source that cannot be answered is recognized",
        arguments: [
            ("127.0.0.1", 1, true), ("203.0.113.9", 65_535, true), ("::1", 1, true), ("2001:db8::1", 9, true),
            ("::ffff:127.0.0.1", 9, true), ("223.255.255.255", 9, true),
            ("127.0.0.1", 0, false), ("::1", 0, false), ("0.0.0.0", 9, false), ("0.1.2.3", 9, false),
            ("::", 9, false), ("::ffff:0.0.0.0", 9, false), ("255.255.255.255", 9, false), ("224.0.0.1", 9, false),
            ("240.0.0.1", 9, false), ("ff02::1", 9, false), ("::ffff:255.255.255.255", 9, false),
            ("::ffff:224.0.0.1", 9, false),
        ]
    )
    func answerable(host: String, port: Int, isAnswerable: Bool) {
        #expect(UDPSource.isAnswerable(address(host, port: port)) == isAnswerable)
    }

    @Test(
        "an address of this machine is recognized",
        arguments: [
            ("127.0.0.1", true), ("127.9.9.9", true), ("::ffff:127.0.0.1", true), ("192.0.2.1", false),
            ("::ffff:192.0.2.1", false),
        ]
    )
    func local(host: String, isLocal: Bool) {
        #expect(UDPSource.isLocal(address(host, port: 9)) == isLocal)
    }

    /// A census that counts its questions to the system, and treats 192.0.2.1 as this machine's address.
    private final class Probes: Sendable {
        let count = Locked(0)

        func census() -> UDPPortCensus {
            UDPPortCensus { address in
                self.count.withLock { $0 += 1 }
                return address.ip.description == "192.0.2.1"
            }
        }
    }

    @Test("a source with this machine's address and a port of this program is one of its own sockets")
    func own() {
        let probes = Probes()
        let census = probes.census()
        census.opened(9)
        census.opened(9)
        #expect(census.mayOwn(address("192.0.2.1", port: 9), at: .seconds(10)))
        #expect(!census.mayOwn(address("192.0.2.2", port: 9), at: .seconds(10)))
        #expect(!census.mayOwn(address("192.0.2.1", port: 8), at: .seconds(10)))
        census.ended(9)
        #expect(census.mayOwn(address("192.0.2.1", port: 9), at: .seconds(10)))
        census.ended(9)
        #expect(!census.mayOwn(address("192.0.2.1", port: 9), at: .seconds(10)) && census.size == 0)
    }

    @Test("the system is asked about an address at most once a second")
    func cached() {
        let probes = Probes()
        let census = probes.census()
        census.opened(9)
        for time in [10, 10.5, 10.999] {
            for _ in 0..<100 {
                #expect(!census.mayOwn(address("192.0.2.2", port: 9), at: .seconds(time)))
                #expect(census.mayOwn(address("192.0.2.1", port: 9), at: .seconds(time)))
            }
        }
        #expect(probes.count.withLock { $0 } == 2)
        #expect(!census.mayOwn(address("192.0.2.2", port: 9), at: .seconds(11)))
        #expect(probes.count.withLock { $0 } == 3)
    }

    @Test("the system is asked about at most 64 addresses a second, and further ones count as this machine's")
    func bounded() {
        let probes = Probes()
        let census = probes.census()
        census.opened(9)
        let answers = (0..<1000).map { number in
            census.mayOwn(address("10.0.\(number / 256).\(number % 256)", port: 9), at: .seconds(10))
        }
        #expect(answers.prefix(64).allSatisfy { !$0 } && answers.dropFirst(64).allSatisfy { $0 })
        #expect(probes.count.withLock { $0 } == 64)
        #expect(!census.mayOwn(address("10.0.3.1", port: 9), at: .seconds(11)))
    }

    @Test("a flood from the listener's own port is counted and costs one question to the system")
    func listener() throws {
        let driven = try DrivenShards()
        let listener = driven.listener()
        driven.ports.opened(9)
        for _ in 0..<100 { listener.receive(from: address("127.0.0.1", port: 9), at: .seconds(10)) }
        #expect(listener.socket.counts.unanswerable == 100)
        #expect(driven.registry.count == 0)
    }
}
