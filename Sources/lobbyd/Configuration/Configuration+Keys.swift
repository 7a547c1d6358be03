extension Configuration {
    /// Whether a text sets anything, if only to its default: a file that was emptied by mistake does not.
    ///
    /// - Parameter text: one that `init(parsing:file:)` takes.
    static func hasKeys(_ text: [UInt8]) -> Bool {
        guard let text = String(validating: text, as: UTF8.self), let entries = try? TOMLDocument.parse(text) else {
            preconditionFailure("a configuration that was parsed and is no TOML")
        }
        return entries.contains { $0.value.hasKeys }
    }
}

extension TOMLValue {
    /// A table has keys when one of its entries has a value, or has keys itself.
    fileprivate var hasKeys: Bool {
        switch self.content {
        case .table(let entries): entries.contains { $0.value.hasKeys }
        case .array(let elements): elements.contains { $0.hasKeys } || elements.isEmpty
        default: true
        }
    }
}
