import Control
import Engine
import Testing

@testable import lobbyd

@Suite("Reference, for documents")
struct ReferenceTests {
    private struct Malformed: Error {}

    private func entries(_ name: String) throws -> [JSONValue] {
        guard case .array(let entries) = Reference.json[name] else { throw Malformed() }
        return entries
    }

    @Test("the reference has every event, reason and error code, in their order")
    func everyName() throws {
        #expect(try self.entries("events").map { $0["name"] } == DaemonEvent.all.map { .string($0.name) })
        #expect(
            try self.entries("close_reasons").map { $0["reason"] } == CloseReason.allCases.map { .string($0.rawValue) }
        )
        let refusals = RefusalReason.allCases.map { JSONValue.string($0.rawValue) }
        #expect(try self.entries("refusal_reasons").map { $0["reason"] } == refusals)
        let codes = ControlError.Code.allCases.map { JSONValue.string($0.rawValue) }
        #expect(try self.entries("control_errors").map { $0["code"] } == codes)
    }

    @Test("the reference has every counter, in the order of the counts")
    func everyCounter() throws {
        let names = try self.entries("counters").flatMap { group throws in
            guard case .array(let counters) = group["counters"] else { throw Malformed() }
            return counters.map { $0["name"] }
        }
        let counters = ConnectionCounts().counters + DaemonCounts().counters
        #expect(names == counters.map { .string($0.name) })
    }

    @Test("each meaning ends with a full stop and has balanced backticks")
    func meanings() {
        let texts = Self.meanings(in: Reference.json)
        #expect(texts.count > 150)
        for text in texts {
            #expect(text.hasSuffix("."), "\(text)")
            #expect(text.filter { $0 == "`" }.count.isMultiple(of: 2), "\(text)")
        }
    }

    private static func meanings(in value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(self.meanings)
        case .object(let members):
            members.flatMap { member -> [String] in
                if case .string(let text) = member.value, ["meaning", "client_sees"].contains(member.name) {
                    return [text]
                }
                return self.meanings(in: member.value)
            }
        default: []
        }
    }
}
