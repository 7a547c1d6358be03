/// The values that a key accepts: how to parse, print and describe them.
struct ValueKind<Value>: Sendable {
    /// The allowed values, as the end of "found X, expected …".
    let expected: String
    /// The allowed strings, where they are a short list. Error texts suggest the nearest one.
    var choices: [String] = []
    /// Returns nil to refuse the value.
    let parse: @Sendable (TOMLValue) -> Value?
    /// Prints the value as TOML; nil leaves the key out.
    let render: @Sendable (Value) -> String?
    /// The fault of a refused string, where `expected` alone would not explain it.
    var fault: @Sendable (String) -> String? = { _ in nil }
    /// The value that a refused string or integer probably means; nil for no guess.
    var meaning: @Sendable (String) -> String? = { _ in nil }
}

extension ValueKind {
    /// The error text for a refused `value`.
    func refusal(of value: TOMLValue) -> String {
        var message = "found \(value.found)"
        if case .string(let found) = value.content, let fault = self.fault(found) { message += ", \(fault)" }
        message += ", expected \(self.expected)"
        let meant: String? =
            switch value.content {
            case .string(let found): self.meaning(found) ?? Suggestion.nearest(to: found, among: self.choices)
            case .integer(let found): self.meaning("\(found)")
            default: nil
            }
        return message + (meant.map { "; did you mean \($0.quoted)?" } ?? "")
    }
}

extension ValueKind where Value == Bool {
    static var boolean: Self {
        Self(expected: "true or false") { value in
            guard case .boolean(let boolean) = value.content else { return nil }
            return boolean
        } render: {
            "\($0)"
        }
    }
}

extension ValueKind where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        Self(expected: "an integer from \(range.lowerBound) to \(range.upperBound)") { value in
            guard case .integer(let integer) = value.content, range.contains(integer) else { return nil }
            return integer
        } render: {
            "\($0)"
        }
    }
}

extension ValueKind where Value == Int {
    /// An integer in a range, or 0.
    ///
    /// - Parameter meaning: the meaning of 0, which is outside the range.
    static func integer(_ range: ClosedRange<Int>, orZeroFor meaning: String) -> Self {
        let integer = Self.integer(range)
        return Self(expected: "\(integer.expected), or 0 for \(meaning)") { value in
            if case .integer(0) = value.content { 0 } else { integer.parse(value) }
        } render: {
            integer.render($0)
        }
    }
}

extension ValueKind where Value == Int? {
    /// A limit. 0 switches it off.
    static func limit(_ range: ClosedRange<Int>) -> Self {
        Self(expected: "an integer from \(range.lowerBound) to \(range.upperBound), or 0 for no limit") { value in
            switch value.content {
            case .integer(0): .some(nil)
            case .integer(let integer) where range.contains(integer): integer
            default: nil
            }
        } render: {
            "\($0 ?? 0)"
        }
    }
}

extension ValueKind where Value == Bool? {
    /// A key without a default value. Another setting applies where it is left out.
    static var optionalBoolean: Self {
        let boolean = ValueKind<Bool>.boolean
        return Self(expected: boolean.expected) { value in
            boolean.parse(value).map(Optional.some)
        } render: {
            $0.flatMap(boolean.render)
        }
    }
}

extension ValueKind where Value == String {
    /// One of these strings.
    static func choice(of choices: [String]) -> Self {
        Self(expected: choices.map(\.quoted).listed, choices: choices) { value in
            guard case .string(let string) = value.content, choices.contains(string) else { return nil }
            return string
        } render: {
            $0.quoted
        }
    }
}

extension ValueKind where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
    /// One of the cases, by its raw value.
    static var choice: Self {
        let names = ValueKind<String>.choice(of: Value.allCases.map(\.rawValue))
        return Self(expected: names.expected, choices: names.choices) { value in
            names.parse(value).flatMap(Value.init)
        } render: {
            names.render($0.rawValue)
        }
    }
}

extension ValueKind where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == Int {
    /// One of the cases, by its raw value.
    static var choice: Self {
        Self(expected: Value.allCases.map { "\($0.rawValue)" }.listed) { value in
            guard case .integer(let integer) = value.content else { return nil }
            return Value(rawValue: integer)
        } render: {
            "\($0.rawValue)"
        }
    }
}

extension [String] {
    /// The strings as a list within a sentence: `a`, `a or b`, `a, b or c`.
    var listed: String {
        guard let last, self.count > 1 else { return self.joined() }
        return self.dropLast().joined(separator: ", ") + " or " + last
    }
}
