import Foundation
import Testing

@testable import lobbyd

@Suite("Events of the log")
struct DaemonEventTests {
    @Test("each event has a name and an id of its own")
    func names() {
        #expect(Set(DaemonEvent.all.map(\.name)).count == DaemonEvent.all.count)
        #expect(Set(DaemonEvent.all.map(\.id)).count == DaemonEvent.all.count)
    }

    @Test("each event has a valid id, a meaning, a subject and an explanation", arguments: DaemonEvent.all)
    func texts(event: DaemonEvent) {
        #expect(event.id.wholeMatch(of: /[0-9a-f]{32}/) != nil, "\(event.id)")
        #expect(event.meaning.hasSuffix("."))
        #expect(!event.subject.isEmpty && !event.subject.contains("\n"))
        #expect(event.body.hasSuffix("."))
        for text in [event.meaning, event.subject, event.body] {
            #expect(text.filter { $0 == "`" }.count.isMultiple(of: 2), "\(text)")
        }
    }

    @Test("each placeholder of a catalog text is a field of its event", arguments: DaemonEvent.all)
    func placeholders(event: DaemonEvent) {
        let fields = Set(event.fields.map { $0.uppercased() })
        let used = (event.subject + event.body).matches(of: /@([^@\s]+)@/).map { String($0.output.1) }
        #expect(fields.isSuperset(of: used), "\(used)")
        #expect(fields.count == event.fields.count, "a field occurs twice")
    }

    @Test("the list of all events has each event that is defined")
    func complete() throws {
        let defined = try Self.sources().flatMap {
            $0.matches(of: /= DaemonEvent\(\s*"([^"]+)"/).map { String($0.output.1) }
        }
        #expect(defined.sorted() == DaemonEvent.all.map(\.name).sorted())
    }

    @Test("lobbyd logs only events, and no literal messages")
    func callSites() throws {
        let literal = /(?:log|logger)\.(?:trace|debug|info|notice|warning|error|critical)\(/.ignoresCase()
        for source in try Self.sources() { #expect(source.firstMatch(of: literal) == nil) }
    }

    @Test("the catalog has one entry for each event, and no other")
    func catalog() throws {
        let entries = try Shipped.text("systemd/lobbyd.catalog").split(separator: "\n")
            .filter { $0.hasPrefix("-- ") }
            .map { String($0.dropFirst(3)) }
        #expect(entries.sorted() == DaemonEvent.messageIDs.values.sorted())
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
