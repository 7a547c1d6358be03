extension Configuration {
    /// Whether a text sets at least one key, even to its default value. A file that was emptied by mistake sets no key.
    ///
    /// - Parameter text: a text that `init(parsing:file:)` accepts.
    static func hasKeys(_ text: [UInt8]) -> Bool {
        guard let text = String(validating: text, as: UTF8.self), let entries = try? TOMLDocument.parse(text) else {
            preconditionFailure("a parsed configuration is not TOML")
        }
        return entries.contains { $0.value.hasKeys }
    }
}

extension TOMLValue {
    /// A table, or an array with elements, has keys if any part of it has keys. Each other value, even an empty array,
    /// counts as a key.
    fileprivate var hasKeys: Bool {
        switch self.content {
        case .table(let entries): entries.contains { $0.value.hasKeys }
        case .array(let elements): elements.contains { $0.hasKeys } || elements.isEmpty
        default: true
        }
    }
}
