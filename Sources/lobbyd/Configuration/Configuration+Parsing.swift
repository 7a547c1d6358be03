extension Configuration {
    /// Reads a configuration from `text`. A key that is left out keeps its default.
    ///
    /// - Parameters:
    ///   - text: TOML in UTF-8.
    ///   - file: the file's name in error texts.
    /// - Throws: every problem, in the order of the text. A syntax error is reported alone, because the parser stops
    ///   there.
    init(parsing text: [UInt8], file: String) throws(ConfigurationError) {
        var findings = Findings()
        self.init()
        do {
            let entries = try TOMLDocument.parse(try String(utf8Text: text))
            self.decode(entries, &findings)
        } catch {
            findings.report(error.message, at: error.position)
        }
        guard findings.problems.isEmpty else { throw ConfigurationError(findings, file: file) }
    }

    private mutating func decode(_ entries: [TOMLEntry], _ findings: inout Findings) {
        for entry in entries {
            if let section = ConfigurationSchema.sections.first(where: { $0.name == entry.key }) {
                section.decode(entry, &self, &findings)
            } else {
                findings.report(Self.unknown(entry), at: entry.position)
            }
        }
        ConfigurationRules.check(self, &findings)
    }

    private static func unknown(_ entry: TOMLEntry) -> String {
        let sections = ConfigurationSchema.sections
        let message = "unknown \(entry.value.isTable ? "table" : "key") \(entry.key.quotedShort)"
        if let home = sections.first(where: { $0.keyNames.contains(entry.key) }) {
            return "\(message); it belongs in \(home.header)"
        }
        let meant = Suggestion.nearest(to: entry.key, among: sections.map(\.name))
        if let section = sections.first(where: { $0.name == meant }) {
            return "\(message); did you mean \(section.header)?"
        }
        return message
    }
}

extension ConfigurationError {
    fileprivate init(_ findings: Findings, file: String) {
        self.problems = findings.problems.sorted { $0.position < $1.position }.map {
            ConfigurationProblem(file: file, position: $0.position, message: $0.message)
        }
    }
}

extension TOMLValue {
    /// Whether the value is a table or an array that contains a table.
    fileprivate var isTable: Bool {
        switch self.content {
        case .table: true
        case .array(let elements): elements.contains { $0.isTable }
        default: false
        }
    }
}

extension String {
    /// Validates the bytes.
    ///
    /// - Throws: the position of the first byte that is not UTF-8.
    fileprivate init(utf8Text bytes: [UInt8]) throws(TOMLDocument.SyntaxError) {
        if let text = String(validating: bytes, as: UTF8.self) {
            self = text
            return
        }
        var (line, column) = (1, 1)
        var (decoder, iterator) = (UTF8(), bytes.makeIterator())
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        throw TOMLDocument.SyntaxError(
            message: "not UTF-8; save the file as UTF-8",
            position: SourcePosition(line: line, column: column)
        )
    }
}
