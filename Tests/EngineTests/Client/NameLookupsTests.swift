import Glibc
import Testing

@testable import Engine

@Suite("Name lookups", .timeLimit(.minutes(1)))
struct NameLookupsTests {
    /// The result of a lookup.
    static func answer(_ lookups: NameLookups, _ host: String) async -> NameLookups.Found {
        await withCheckedContinuation { continuation in
            do throws(NameError) {
                _ = try lookups.begin(host: host, port: 1) { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }

    @Test("a lookup returns the resolver's addresses or its error")
    func answers() async {
        let lookups = NameLookups(resolver: NameTable(["one.invalid": [loopback(1)]]), limit: 1)
        #expect(await Self.answer(lookups, "one.invalid") == .success([loopback(1)]))
        #expect(await Self.answer(lookups, "two.invalid") == .failure(.notFound(code: EAI_NONAME)))
    }

    @Test("a stuck lookup keeps its slot, a lookup past the limit is refused, and a finished lookup frees its slot")
    func limit() async throws {
        let resolver = HangingResolver()
        let lookups = NameLookups(resolver: resolver, limit: 2)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let hanging = try lookups.begin(host: "hangs.invalid", port: 1) { _ in end.finish() }
        #expect(await Self.answer(lookups, "lives.invalid") == .success([loopback(1)]))
        _ = try lookups.begin(host: "hangs.invalid", port: 1) { _ in }
        #expect(await Self.answer(lookups, "lives.invalid") == .failure(.tooManyLookups(limit: 2)))
        resolver.gate.open()
        resolver.gate.open()
        for await _ in ends {}
        #expect(await Self.answer(lookups, "lives.invalid") == .success([loopback(1)]))
        withExtendedLifetime(hanging) {}
    }

    @Test("an abandoned lookup does not call back")
    func abandoned() async throws {
        let resolver = HangingResolver()
        let lookups = NameLookups(resolver: resolver, limit: 1)
        let answers = Locked(0)
        let lookup = try lookups.begin(host: "hangs.invalid", port: 1) { _ in answers.withLock { $0 += 1 } }
        lookup.abandon()
        resolver.gate.open()
        // The next lookup gets a slot after the first has ended.
        while await Self.answer(lookups, "lives.invalid") == .failure(.tooManyLookups(limit: 1)) {}
        #expect(answers.withLock { $0 } == 0)
    }
}
