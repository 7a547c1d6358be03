import Control
import Testing

@testable import lobbyd

@Suite("JSON schema of the settings")
struct SchemaTests {
    private let sections: [JSONValue]

    init() throws {
        guard case .array(let sections) = ConfigurationSchema.json else { throw Malformed() }
        self.sections = sections
    }

    private struct Malformed: Error {}

    private func keys(_ header: String) throws -> [JSONValue] {
        let section = try #require(self.sections.first { $0["header"] == .string(header) })
        guard case .array(let keys) = section["keys"] else { throw Malformed() }
        return keys
    }

    @Test("the schema has each section and key in order")
    func everyKey() throws {
        #expect(self.sections.map { $0["header"] } == ConfigurationSchema.sections.map { .string($0.header) })
        for section in ConfigurationSchema.sections {
            #expect(try self.keys(section.header).map { $0["name"] } == section.keyNames.map { .string($0) })
        }
    }

    @Test("each key's documentation begins with a sentence on its own line, and has balanced backticks")
    func documentation() throws {
        for section in ConfigurationSchema.sections {
            for key in try self.keys(section.header) {
                guard case .string(let text) = key["documentation"] else { throw Malformed() }
                #expect(text.split(separator: "\n").first?.last.map { ".:".contains($0) } == true, "\(text)")
                #expect(text.filter { $0 == "`" }.count.isMultiple(of: 2), "\(text)")
            }
        }
    }

    @Test("a key has its default, range, unit and the effect of a reload")
    func key() throws {
        let backlog = try #require(try self.keys("[[listener]]").first { $0["name"] == "backlog" })
        #expect(backlog["value"] == "1000")
        #expect(backlog["expected"] == "an integer from 1 to 65535")
        #expect(backlog["unit"] == "connections")
        #expect(backlog["reload"] == "A reload applies it to new connections.")
        #expect(backlog["transport"] == "tcp")
        #expect(backlog["is_left_out"] == false)
        let buffer = try #require(try self.keys("[[listener]]").first { $0["name"] == "receive_buffer" })
        #expect(buffer["value"] == "0")
        #expect(buffer["is_left_out"] == true)
    }

    @Test("a section without defaults has an example")
    func example() throws {
        #expect(self.sections.filter { $0["is_example"] == true }.map { $0["header"] } == ["[[route]]"])
        #expect(try self.keys("[[route]]").map { $0["value"] } == [#"[1, 2, "10-19"]"#, #""broadcast""#, "false"])
        #expect(try self.keys("[[route]]").map { $0["is_required"] } == [true, true, false])
    }
}
