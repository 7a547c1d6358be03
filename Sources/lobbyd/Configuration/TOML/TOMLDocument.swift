import CTOML

/// Parses TOML.
enum TOMLDocument {
    /// The text is not valid TOML. The parser stops at the first error.
    struct SyntaxError: Error, Equatable {
        let message: String
        let position: SourcePosition
    }

    /// The entries of the root table, in the order of the text.
    static func parse(_ text: String) throws(SyntaxError) -> [TOMLEntry] {
        var text = text
        let document = text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { ctoml_parse($0.baseAddress, $0.count) }
        }
        guard let document else { preconditionFailure("ctoml_parse returned no document") }
        defer { ctoml_free(document) }
        guard let root = ctoml_root(document) else {
            throw SyntaxError(ctoml_syntax_error(document))
        }
        return root.pointee.entries
    }
}

extension TOMLDocument.SyntaxError {
    fileprivate init(_ error: ctoml_error) {
        let parserPrefix = "Error while parsing "
        let message = String(error.message)
        self.message =
            message.hasPrefix(parserPrefix)
            ? "syntax error in \(message.dropFirst(parserPrefix.count))"
            : "syntax error: \(message)"
        self.position = SourcePosition(error.position)
    }
}

extension ctoml_node {
    fileprivate var entries: [TOMLEntry] {
        self.elements.map {
            TOMLEntry(key: String($0.key), position: SourcePosition($0.key_position), value: TOMLValue($0))
        }
    }

    fileprivate var elements: UnsafeBufferPointer<ctoml_node> {
        UnsafeBufferPointer(start: self.children, count: self.child_count)
    }
}

extension TOMLValue {
    fileprivate init(_ node: ctoml_node) {
        self.position = SourcePosition(node.position)
        self.content =
            switch node.type {
            case CTOML_TABLE: .table(node.entries)
            case CTOML_ARRAY: .array(node.elements.map(TOMLValue.init))
            case CTOML_STRING: .string(String(node.string))
            case CTOML_INTEGER: .integer(Int(node.integer))
            case CTOML_FLOAT: .float(node.floating)
            case CTOML_BOOLEAN: .boolean(node.boolean)
            case CTOML_DATE: .date
            default: preconditionFailure("ctoml node of type \(node.type.rawValue)")
            }
    }
}

extension SourcePosition {
    fileprivate init(_ position: ctoml_position) {
        self.init(line: Int(position.line), column: Int(position.column))
    }
}

extension String {
    /// Copies the text. toml++ cuts its messages at a byte, so a character may be incomplete: decoding replaces it.
    fileprivate init(_ text: ctoml_text) {
        let bytes = UnsafeRawBufferPointer(start: text.bytes, count: text.count)
        self.init(decoding: bytes, as: UTF8.self)
    }
}
