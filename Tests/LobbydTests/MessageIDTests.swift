import Foundation
import Testing

@testable import lobbyd

@Suite("Message ids")
struct MessageIDTests {
    @Test("each id has 32 lower-case hexadecimal digits and belongs to one event")
    func ids() {
        for id in MessageIDs.byEvent.values { #expect(id.wholeMatch(of: /[0-9a-f]{32}/) != nil, "\(id)") }
        #expect(Set(MessageIDs.byEvent.values).count == MessageIDs.byEvent.count)
    }

    @Test("the catalog explains each event once, and has no other entries")
    func catalog() throws {
        let entries = try Shipped.text("systemd/lobbyd.catalog").split(separator: "\n")
            .filter { $0.hasPrefix("-- ") }
            .map { String($0.dropFirst(3)) }
        #expect(entries.sorted() == MessageIDs.byEvent.values.sorted())
    }

    @Test("each event that lobbyd logs has an id")
    func everyEvent() throws {
        let call = /(?:\.(?:trace|debug|info|notice|warning|error|critical)\(|logThrottled\(\s*\.\w+,)\s*"([^"]+)"/
        let events = try Self.sources().flatMap { $0.matches(of: call).map { String($0.output.1) } }
        #expect(events.count > 8, "the search must find the logged events")
        for event in events { #expect(MessageIDs.byEvent[event] != nil, "\(event)") }
    }

    private static func sources() throws -> [String] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let directory = URL(fileURLWithPath: "/\(root)/Sources/lobbyd")
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        return try (files?.compactMap { $0 as? URL } ?? [])
            .filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }
    }
}
