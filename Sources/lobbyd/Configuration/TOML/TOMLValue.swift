/// A place in a text; both count from 1, the column in code points.
struct SourcePosition: Sendable, Hashable, Comparable {
    let line: Int
    let column: Int

    static func < (a: Self, b: Self) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// A value of a TOML text and where it stands there.
struct TOMLValue: Sendable {
    enum Content: Sendable {
        /// In the order of the text.
        case table([TOMLEntry])
        case array([TOMLValue])
        case string(String)
        case integer(Int)
        case float(Double)
        case boolean(Bool)
        /// A date, a time or both: no setting takes one.
        case date
    }

    let content: Content
    let position: SourcePosition
}

/// A key of a table, where the key stands, and its value.
struct TOMLEntry: Sendable {
    let key: String
    let position: SourcePosition
    let value: TOMLValue
}

extension TOMLValue {
    /// How an error names the value; harmless to print, and short.
    var found: String {
        switch self.content {
        case .table: "a table"
        case .array(let elements): elements.isEmpty ? "an empty array" : "an array"
        case .string(let string): string.quotedShort
        case .integer(let integer): "\(integer)"
        case .float(let float): "\(float)"
        case .boolean(let boolean): "\(boolean)"
        case .date: "a date or time"
        }
    }
}
