/// A value that can be written as JSON and read from it.
public protocol JSONConvertible: Sendable {
    var json: JSONValue { get }
    /// nil when the JSON is not of this type.
    init?(json: JSONValue)
}

extension String: JSONConvertible {
    public var json: JSONValue { .string(self) }

    public init?(json: JSONValue) {
        guard case .string(let text) = json else { return nil }
        self = text
    }
}

extension Bool: JSONConvertible {
    public var json: JSONValue { .boolean(self) }

    public init?(json: JSONValue) {
        guard case .boolean(let value) = json else { return nil }
        self = value
    }
}

extension Int: JSONConvertible {
    public var json: JSONValue { .integer(self) }

    public init?(json: JSONValue) {
        guard case .integer(let value) = json else { return nil }
        self = value
    }
}

extension UInt64: JSONConvertible {
    public var json: JSONValue { Int(exactly: self).map(JSONValue.integer) ?? .unsigned(self) }

    public init?(json: JSONValue) {
        switch json {
        case .integer(let value) where value >= 0: self = UInt64(value)
        case .unsigned(let value): self = value
        default: return nil
        }
    }
}

extension Duration: JSONConvertible {
    /// Whole microseconds. The names of such members end in `_usec`.
    public var json: JSONValue { .integer(Int(clamping: self.microseconds)) }

    public init?(json: JSONValue) {
        guard case .integer(let value) = json else { return nil }
        self = .microseconds(value)
    }

    /// Whole microseconds, clamped to an `Int64`: 292,000 years.
    public var microseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return Int64(clamping: Int128(seconds) * 1_000_000 + Int128(attoseconds / 1_000_000_000_000))
    }
}

extension Optional: JSONConvertible where Wrapped: JSONConvertible {
    public var json: JSONValue { self?.json ?? .null }

    public init?(json: JSONValue) {
        if json == .null {
            self = .none
        } else if let value = Wrapped(json: json) {
            self = .some(value)
        } else {
            return nil
        }
    }
}

extension Array: JSONConvertible where Element: JSONConvertible {
    public var json: JSONValue { .array(self.map(\.json)) }

    public init?(json: JSONValue) {
        guard case .array(let elements) = json else { return nil }
        let converted = elements.compactMap(Element.init)
        guard converted.count == elements.count else { return nil }
        self = converted
    }
}
