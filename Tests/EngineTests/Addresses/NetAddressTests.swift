import Testing

@testable import Engine

@Suite("NetAddress")
struct NetAddressTests {
    @Test(
        "a socket address shows as people write it, an IPv4-mapped one as IPv4",
        arguments: [
            ("127.0.0.1", 9099, "127.0.0.1:9099"), ("::1", 1, "[::1]:1"), ("::ffff:10.1.2.3", 65_535, "10.1.2.3:65535"),
            ("fe80::1", 0, "[fe80::1]:0"),
        ]
    )
    func text(host: String, port: Int, expected: String) throws {
        let address = try #require(NetAddress(SocketAddress(ipAddress: host, port: port)))
        #expect(address.description == expected)
    }

    @Test("a link-local peer keeps its interface, one that is gone its number; limits and access go by the address")
    func interface() throws {
        let ip = try #require(IPAddress("fe80::1"))
        let loopback = try #require(NetAddress(ip.socketAddress(port: 1, scope: 1)))
        #expect(loopback.description == "[fe80::1%lo]:1")
        #expect(loopback.ipAddress == ip)
        #expect(NetAddress(ip.socketAddress(port: 1, scope: 0x7FFF_FFFF))?.host == "fe80::1%2147483647")
        let list = AccessList(allow: [try IPNetwork("fe80::/10")])
        #expect(list.permits(loopback))
    }

    @Test("a socket that is not of the internet has no address")
    func unixSocket() throws {
        #expect(NetAddress(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }
}
