import Glibc
import Testing

@testable import Engine

@Suite("NetAddress")
struct NetAddressTests {
    @Test(
        "a socket address prints as host and port, and an IPv4-mapped address prints as IPv4",
        arguments: [
            ("127.0.0.1", 9099, "127.0.0.1:9099"), ("::1", 1, "[::1]:1"), ("10.1.2.3", 65_535, "10.1.2.3:65535"),
            ("fe80::1", 0, "[fe80::1]:0"),
        ]
    )
    func text(host: String, port: Int, expected: String) throws {
        let address = SocketAddress(try #require(IPAddress(host)), port: port)
        #expect(NetAddress(address).description == expected)
        #expect(NetAddress(address.forIPv6Socket).description == expected)
    }

    @Test(
        "a link-local address prints with its interface, or the number of a removed one; access lists ignore interfaces"
    )
    func interface() throws {
        let ip = try #require(IPAddress("fe80::1"))
        let loopback = NetAddress(SocketAddress(ip, port: 1, scope: 1))
        #expect(loopback.description == "[fe80::1%lo]:1")
        #expect(loopback.ipAddress == ip)
        #expect(NetAddress(SocketAddress(ip, port: 1, scope: 0x7FFF_FFFF)).host == "fe80::1%2147483647")
        let list = AccessList(allow: [try IPNetwork("fe80::/10")])
        #expect(list.permits(loopback))
    }

    @Test("a Unix socket has no socket address")
    func unixSocket() throws {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        #expect(SocketAddress(of: descriptor, getsockname) == nil)
        close(descriptor)
    }
}
