import Glibc
import Testing

@testable import Engine

@Suite("Local addresses")
struct LocalAddressTests {
    /// Parses the control message of a datagram that was sent to `host` and arrived on interface 3.
    private static func local(_ host: String) -> LocalAddress? {
        let bytes = Self.received(host)
        return bytes.withUnsafeBytes { LocalAddress(control: $0) }
    }

    /// Returns the control message of a datagram that was sent to `host`.
    private static func received(_ host: String) -> [UInt8] {
        let isIPv6 = host.contains(":")
        var octets = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
        inet_pton(isIPv6 ? AF_INET6 : AF_INET, host, &octets)
        if isIPv6 {
            return Self.message(length: 36, IPPROTO_IPV6, IPV6_PKTINFO) + octets + [3, 0, 0, 0] + [0, 0, 0, 0]
        }
        // The source address for answers comes first. For a broadcast it differs from the destination address.
        return Self.message(length: 28, IPPROTO_IP, IP_PKTINFO) + [3, 0, 0, 0] + [9, 9, 9, 9] + octets + [0, 0, 0, 0]
    }

    private static func message(length: UInt8, _ level: some BinaryInteger, _ type: some BinaryInteger) -> [UInt8] {
        [length, 0, 0, 0, 0, 0, 0, 0, UInt8(level), 0, 0, 0, UInt8(type), 0, 0, 0]
    }

    private static func control(_ local: LocalAddress) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: LocalAddress.controlBytesMax, alignment: 8) { buffer in
            let count = local.writeControl(to: buffer)
            return Array(buffer[..<count])
        }
    }

    @Test(
        "a broadcast, multicast or unspecified address is never a source address",
        arguments: [
            "255.255.255.255", "224.0.0.1", "0.0.0.0", "::", "ff02::1", "::ffff:255.255.255.255", "::ffff:224.0.0.1",
        ]
    )
    func none(host: String) {
        #expect(Self.local(host) == nil)
    }

    @Test("an IPv4 address becomes an in_pktinfo without the interface")
    func ipv4() throws {
        let local = try #require(Self.local("10.0.0.1"))
        let header: [UInt8] = [28, 0, 0, 0, 0, 0, 0, 0, UInt8(IPPROTO_IP), 0, 0, 0, UInt8(IP_PKTINFO), 0, 0, 0]
        #expect(Self.control(local) == header + [0, 0, 0, 0, 10, 0, 0, 1] + [UInt8](repeating: 0, count: 8))
    }

    @Test(
        "an IPv6 address becomes an in6_pktinfo, with the interface if it is link-local",
        arguments: [("2001:db8::1", 0), ("::ffff:10.0.0.1", 0), ("fe80::1", 3), ("febf::1", 3), ("fec0::1", 0)]
    )
    func ipv6(host: String, interface: UInt8) throws {
        let control = Self.control(try #require(Self.local(host)))
        #expect(
            Array(control[..<16]) == [
                36, 0, 0, 0, 0, 0, 0, 0, UInt8(IPPROTO_IPV6), 0, 0, 0, UInt8(IPV6_PKTINFO), 0, 0, 0,
            ]
        )
        var octets = [UInt8](repeating: 0, count: 16)
        inet_pton(AF_INET6, host, &octets)
        #expect(Array(control[16..<32]) == octets)
        #expect(Array(control[32...]) == [interface] + [UInt8](repeating: 0, count: 7))
    }

    @Test("the table keeps the latest local address of a limited number of peers")
    func recent() {
        var recent = RecentLocalAddresses()
        func peer(_ number: Int) -> SocketAddress { address("10.0.\(number / 256).\(number % 256)", port: 1) }
        let (one, other) = (Self.local("127.0.0.1"), Self.local("127.0.0.2"))
        recent.heard(peer(0), at: one)
        recent.heard(peer(0), at: other)
        #expect(recent[peer(0)] == other)
        recent.heard(peer(0), at: nil)
        #expect(recent[peer(0)] == nil)
        for number in 0..<20_000 {
            recent.heard(peer(number), at: one)
            #expect(recent[peer(number)] == one)
            #expect(recent.count <= 2 * RecentLocalAddresses.peersMax)
        }
        #expect(recent[peer(0)] == nil)
    }

    @Test("a local address is found after other messages, and not in a truncated or invalid one")
    func others() {
        let other = Self.message(length: 20, SOL_SOCKET, SO_TIMESTAMP) + [1, 2, 3, 4] + [0, 0, 0, 0]
        let own = Self.received("10.0.0.1")
        let expected = Self.local("10.0.0.1")
        #expect(expected != nil)
        #expect((other + own).withUnsafeBytes { LocalAddress(control: $0) } == expected)
        for byteCount in 0..<28 {
            #expect((other + own.prefix(byteCount)).withUnsafeBytes { LocalAddress(control: $0) } == nil)
        }
        for length: UInt8 in [0, 15, 200] {
            let wrong = Self.message(length: length, IPPROTO_IP, IP_PKTINFO) + own
            #expect(wrong.withUnsafeBytes { LocalAddress(control: $0) } == nil)
        }
    }
}
