import Testing

@testable import Engine

@Suite("IPNetwork")
struct IPNetworkTests {
    @Test(
        "the parser accepts networks and addresses, and prints them with a prefix length",
        arguments: [
            ("0.0.0.0/0", "0.0.0.0/0"), ("10.0.0.0/8", "10.0.0.0/8"), ("192.0.2.128/25", "192.0.2.128/25"),
            ("192.0.2.1", "192.0.2.1/32"), ("192.0.2.1/32", "192.0.2.1/32"), ("::/0", "::/0"),
            ("2001:DB8::/32", "2001:db8::/32"), ("2001:db8::1", "2001:db8::1/128"), ("::1/128", "::1/128"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ]
    )
    func taken(text: String, written: String) throws {
        let network = try IPNetwork(text)
        #expect(network.description == written)
        #expect(try IPNetwork(written) == network)
    }

    @Test(
        "text that is not a network is an error",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8",
            "10.0.0/8", "::/129", "localhost", "10.0.0.0 /8", "10.0.0.0/8\0", "10.0.0.0\0/8", "*", "::ffff:10.0.0.0/95",
            "10.0.0.0/99999999999999999999",
        ]
    )
    func refused(text: String) {
        #expect(throws: IPNetwork.Mistake.notANetwork) { try IPNetwork(text) }
    }

    @Test(
        "bits after the prefix are an error that names the range",
        arguments: [
            ("10.0.0.1/8", "10.0.0.0/8"), ("192.0.2.1/0", "0.0.0.0/0"), ("192.0.2.129/25", "192.0.2.128/25"),
            ("2001:db8::1/32", "2001:db8::/32"), ("::1/0", "::/0"),
        ]
    )
    func hostBits(text: String, range: String) throws {
        let network = try IPNetwork(range)
        #expect(throws: IPNetwork.Mistake.hostBits(range: network)) { try IPNetwork(text) }
    }

    @Test("a socket address keeps the IP address of its text, also as an IPv4-mapped address")
    func socketAddresses() throws {
        for text in ["192.0.2.1", "2001:db8::1", "::", "255.255.255.255"] {
            let ip = try #require(IPAddress(text))
            #expect(SocketAddress(ip, port: 1).ip == ip)
            #expect(SocketAddress(ip, port: 1).forIPv6Socket.ip == ip)
            #expect(ip.description == text)
        }
    }
}
