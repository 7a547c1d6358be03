import Testing

@testable import lobbyd

@Suite("config/lobbyd.toml")
struct ShippedConfigurationTests {
    private let text: String

    init() throws {
        self.text = try Shipped.text("config/lobbyd.toml")
    }

    @Test("the shipped file gives the defaults")
    func defaults() {
        #expect(parse(self.text) == .success(Configuration()))
    }

    @Test("its example of a route is one")
    func example() throws {
        let overTCP = self.withExample.replacing("\nreceive_buffer", with: "\n# receive_buffer")
        let routes = try parse(overTCP).get().routes
        #expect(routes == [RouteSettings(types: [1...1, 2...2, 10...19], handler: "broadcast", includeSender: false)])
    }

    @Test("it shows every section and every key")
    func everyKey() throws {
        let entries = try TOMLDocument.parse(self.withExample)
        #expect(entries.map(\.key) == ConfigurationSchema.sections.map(\.name))
        for (entry, section) in zip(entries, ConfigurationSchema.sections) {
            #expect(entry.value.keys == section.keyNames, "\(section.header)")
        }
    }

    @Test("every key has a comment above it")
    func comments() {
        let lines = self.withExample.split(separator: "\n", omittingEmptySubsequences: false)
        for index in lines.indices where lines[index].isSetting {
            #expect(lines[index - 1].hasPrefix("# "), "\(lines[index])")
        }
    }

    /// With what is commented out, but not what is said, in force.
    private var withExample: String {
        self.text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                let uncommented = line.hasPrefix("# ") ? line.dropFirst(2) : line
                return uncommented.isSetting || uncommented == "[[route]]" ? uncommented : line
            }
            .joined(separator: "\n")
    }
}

extension Substring {
    /// `key = …`
    fileprivate var isSetting: Bool {
        let words = self.split(separator: " ")
        return words.count > 2 && words[1] == "=" && !self.hasPrefix("#")
    }
}

extension TOMLValue {
    /// The keys of a table, or of the only table of an array.
    fileprivate var keys: [String] {
        switch self.content {
        case .table(let entries): entries.map(\.key)
        case .array(let elements) where elements.count == 1: elements[0].keys
        default: []
        }
    }
}
