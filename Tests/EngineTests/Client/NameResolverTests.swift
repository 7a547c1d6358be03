import Glibc
import Testing

@testable import Engine

/// The system's resolver, with what it answers without a network.
@Suite("Name resolver")
struct NameResolverTests {
    let resolver = SystemNameResolver()

    @Test("an address is its own answer", arguments: ["127.0.0.1", "::1"])
    func literal(host: String) throws {
        #expect(try self.resolver.addresses(of: host, port: 9099) == [loopback(9099, host)])
    }

    @Test("a name that can't be one is not found", arguments: ["", "127.0.0.1\0.invalid"])
    func notAName(host: String) {
        #expect(throws: NameError.notFound(code: EAI_NONAME)) { try self.resolver.addresses(of: host, port: 9099) }
    }
}
