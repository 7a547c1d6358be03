/// A position in a text. Both numbers count from 1, the column in code points.
struct SourcePosition: Sendable, Hashable, Comparable {
    let line: Int
    let column: Int

    static func < (a: Self, b: Self) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// A TOML value and its position.
struct TOMLValue: Sendable {
    enum Content: Sendable {
        /// In the order of the text.
        case table([TOMLEntry])
        case array([TOMLValue])
        case string(String)
        case integer(Int)
        case float(Double)
        case boolean(Bool)
        /// A date, a time or both. No setting accepts one.
        case date
    }

    let content: Content
    let position: SourcePosition
}

/// A key of a table, the key's position, and its value.
struct TOMLEntry: Sendable {
    let key: String
    let position: SourcePosition
    let value: TOMLValue
}

extension TOMLValue {
    /// A short name of the value for error texts, without control characters.
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
