import Testing

@testable import Engine

@Suite("ListenAddress")
struct ListenAddressTests {
    /// Parses `*` as every interface; ` only` after an address excludes IPv4.
    private func address(_ text: String) throws -> ListenAddress {
        let parts = text.split(separator: " ").map(String.init)
        return try #require(ListenAddress(parts[0] == "*" ? nil : parts[0], isIPv6Only: parts.count > 1))
    }

    @Test(
        "two addresses overlap as they do in the kernel, in either order",
        arguments: [
            ("*", "*", true), ("*", "0.0.0.0", true), ("*", "127.0.0.1", true), ("*", "::1", true), ("*", "::", true),
            ("::", "0.0.0.0", true), ("::", "127.0.0.1", true), ("::", "::ffff:127.0.0.1", true), ("::", "::1", true),
            (":: only", "0.0.0.0", false), (":: only", "127.0.0.1", false), (":: only", "::ffff:127.0.0.1", false),
            (":: only", "::", true), (":: only", "::1", true), ("* only", "0.0.0.0", false), ("* only", "::1", true),
            ("0.0.0.0", "127.0.0.1", true), ("0.0.0.0", "::ffff:127.0.0.1", true), ("0.0.0.0", "::1", false),
            ("::ffff:0.0.0.0", "127.0.0.1", true), ("::ffff:0.0.0.0", "::1", false),
            ("127.0.0.1", "::ffff:7f00:1", true), ("127.0.0.1", "127.0.0.2", false), ("127.0.0.1", "::1", false),
            ("::1", "0:0::1", true), ("::1", "::1 only", true), ("::1", "::2", false),
            ("fe80::1%a", "fe80::1%a", true), ("fe80::1%a", "fe80::1%b", false), ("fe80::1%a", "::", true),
        ]
    )
    func overlaps(first: String, second: String, expected: Bool) throws {
        #expect(try self.address(first).overlaps(self.address(second)) == expected)
        #expect(try self.address(second).overlaps(self.address(first)) == expected)
    }

    @Test(
        "text that is not a literal address, or has an invalid interface name, is not a listen address",
        arguments: [
            "", "localhost", "127.1", "::1\0", "1.2.3.4%lo", "fe80::1%", "fe80::1%a/b",
            "fe80::1%a:b", "fe80::1%0123456789abcdef",
        ]
    )
    func none(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(
        "an address that clients cannot connect to has a fault",
        arguments: [
            ("224.0.0.1", ListenAddress.Fault.multicast), ("239.255.255.255", .multicast), ("ff02::1", .multicast),
            ("::ffff:224.0.0.1", .multicast), ("255.255.255.255", .broadcast), ("192.0.2.255", .broadcast),
            ("::ffff:192.0.2.255", .broadcast), ("fe80::1", .withoutInterface), ("febf::1", .withoutInterface),
            ("::1%lo", .withInterface), ("::%lo", .withInterface),
        ]
    )
    func faults(text: String, fault: ListenAddress.Fault) throws {
        let broadcasts: Set = [try self.address("192.0.2.255")]
        #expect(try self.address(text).fault(broadcasts: broadcasts) == fault)
    }

    @Test(
        "an address that clients can connect to has no fault",
        arguments: ["*", "::", "0.0.0.0", "::1", "223.255.255.255", "fe80::1%eth0", "fec0::1"]
    )
    func sound(text: String) throws {
        #expect(try self.address(text).fault() == nil)
    }

    @Test(
        "a network has a broadcast address unless it is too small",
        arguments: [
            ("192.0.2.1", "255.255.255.0", "192.0.2.255"), ("127.0.0.1", "255.0.0.0", "127.255.255.255"),
            ("192.0.2.1", "255.255.255.254", nil), ("192.0.2.1", "255.255.255.255", nil),
        ]
    )
    func broadcasts(address: String, mask: String, broadcast: String?) throws {
        let found = ListenAddress.broadcast(of: try #require(IPAddress(address)), mask: try #require(IPAddress(mask)))
        #expect(found == broadcast.flatMap { ListenAddress($0) })
    }

    @Test("the broadcast address of the loopback network is among the host's broadcast addresses")
    func host() throws {
        #expect(try ListenAddress.broadcastsOfThisHost().contains(try self.address("127.255.255.255")))
    }

    @Test(
        "an address survives the conversion to a socket address and back",
        arguments: ["127.0.0.1", "::1", "2001:db8::1", "0.0.0.0"]
    )
    func socketAddress(text: String) throws {
        let ip = try #require(IPAddress(text))
        #expect(NetAddress(SocketAddress(ip, port: 9099)) == NetAddress(host: text, port: 9099))
    }
}
