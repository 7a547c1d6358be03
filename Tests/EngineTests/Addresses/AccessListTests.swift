import Testing

@testable import Engine

@Suite("AccessList")
struct AccessListTests {
    private static func list(allow: [String] = [], deny: [String] = []) throws -> AccessList {
        AccessList(allow: try allow.map { try IPNetwork($0) }, deny: try deny.map { try IPNetwork($0) })
    }

    @Test("an empty list permits every address, and a peer whose address is unknown")
    func everyone() throws {
        #expect(AccessList().permits(IPAddress("192.0.2.1")))
        #expect(AccessList().permits(nil as IPAddress?))
    }

    @Test("a list with allowed ranges denies all other addresses, and a peer whose address is unknown")
    func allow() throws {
        let list = try Self.list(allow: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"])
        for address in ["10.0.0.0", "10.255.255.255", "192.0.2.1", "2001:db8:ffff::1"] {
            #expect(list.permits(IPAddress(address)), "\(address)")
        }
        for address in ["9.255.255.255", "11.0.0.0", "192.0.2.2", "2001:db9::", "::"] {
            #expect(!list.permits(IPAddress(address)), "\(address)")
        }
        #expect(!list.permits(nil as IPAddress?))
    }

    @Test("a denied range overrides a narrower allowed address, and covers IPv4-mapped addresses")
    func deny() throws {
        let list = try Self.list(allow: ["10.1.1.1"], deny: ["10.0.0.0/8"])
        #expect(!list.permits(IPAddress("10.1.1.1")))
        #expect(try Self.list(deny: ["10.0.0.0/8"]).permits(IPAddress("11.0.0.0")))
        #expect(try !Self.list(deny: ["10.0.0.0/8"]).permits(IPAddress("::ffff:10.0.0.1")))
    }

    @Test("the range of all IPv4 addresses contains no IPv6 address, and the reverse")
    func families() throws {
        #expect(try !Self.list(deny: ["0.0.0.0/0"]).permits(IPAddress("192.0.2.1")))
        #expect(try Self.list(deny: ["0.0.0.0/0"]).permits(IPAddress("::1")))
        #expect(try Self.list(deny: ["::/0"]).permits(IPAddress("192.0.2.1")))
        #expect(try !Self.list(deny: ["::/0"]).permits(IPAddress("::1")))
    }
}
