import Testing

@testable import Engine

@Suite("AddressFilter")
struct AddressFilterTests {
    @Test(
        "a filter contains the addresses in its range, with or without an interface",
        arguments: [
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("127.0.0.0/8", "127.1.2.3", true),
            ("127.0.0.0/8", "128.0.0.1", false), ("::ffff:127.0.0.1", "127.0.0.1", true),
            ("::ffff:127.0.0.0/104", "127.1.2.3", true), ("0.0.0.0/0", "::1", false), ("::/0", "127.0.0.1", false),
            ("::1", "::1", true), ("0:0::1", "::1", true), ("[::1]", "::1", true),
            ("2001:DB8::/32", "2001:db8::7", true),
            ("fe80::1", "fe80::1%eth0", true), ("fe80::1%eth0", "fe80::1%eth0", true),
            ("[fe80::1%eth0]", "fe80::1%eth0", true), ("fe80::1%eth1", "fe80::1%eth0", false),
            ("fe80::/10", "fe80::1%eth0", true),
        ]
    )
    func contains(text: String, host: String, expected: Bool) throws {
        #expect(try AddressFilter(text).contains(NetAddress(host: host, port: 1)) == expected)
    }

    @Test(
        "text that is neither an address nor a range is an error",
        arguments: [
            "", "localhost", "127.0.0.1:80", "[127.0.0.1]", "[]", "[::1", "::1]", "[::1]:80", "[::/64]", "::1%lo",
            "fe80::/64%eth0", "127.0.0.1%lo", "1.2.3.4/33", "fe80::1%", "fe80::1%a/b",
            "fe80::1%0123456789abcdef", "[fe80::1%]",
        ]
    )
    func refused(text: String) {
        #expect(throws: IPNetwork.Mistake.notANetwork) { try AddressFilter(text) }
    }

    @Test("an error text describes the accepted form and suggests the probable range")
    func refusal() {
        #expect(AddressFilter.refusal(because: .notANetwork).hasSuffix("whose host bits are zero"))
        let mistake = #expect(throws: IPNetwork.Mistake.self) { try AddressFilter("127.0.0.1/8") }
        let refusal = mistake.map { AddressFilter.refusal(because: $0) }
        #expect(refusal?.hasSuffix("; did you mean 127.0.0.0/8?") == true)
    }
}
