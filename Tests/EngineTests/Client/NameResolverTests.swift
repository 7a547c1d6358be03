import Glibc
import Testing

@testable import Engine

/// The system's resolver, for hosts that it resolves without a network.
@Suite("Name resolver")
struct NameResolverTests {
    let resolver = SystemNameResolver()

    @Test("a literal address resolves to itself", arguments: ["127.0.0.1", "::1"])
    func literal(host: String) throws {
        #expect(try self.resolver.addresses(of: host, port: 9099) == [loopback(9099, host)])
    }

    @Test("an empty name, and a name with a NUL byte, are not found", arguments: ["", "127.0.0.1\0.invalid"])
    func notAName(host: String) {
        #expect(throws: NameError.notFound(code: EAI_NONAME)) { try self.resolver.addresses(of: host, port: 9099) }
    }
}
