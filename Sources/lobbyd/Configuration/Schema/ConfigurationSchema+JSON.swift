import Control

extension ConfigurationSchema {
    /// The schema for `scripts/generate`: an array of sections, each with its keys. The texts come from
    /// `SettingKey`.
    static var json: JSONValue { .array(Self.sections.map { $0.describe() }) }
}

extension SettingTable {
    /// Describes the section.
    ///
    /// - Parameters:
    ///   - documentation: in the form of `SettingKey.documentation`.
    ///   - section: holds the values to show.
    ///   - isExample: whether the default configuration has no such section.
    func json(_ documentation: String, _ section: Section, isExample: Bool = false) -> JSONValue {
        [
            "header": self.header.json,
            "documentation": documentation.json,
            "is_example": isExample.json,
            "keys": .array(self.keys.map { $0.json(section) }),
        ]
    }
}

extension SettingKey {
    fileprivate func json(_ section: Section) -> JSONValue {
        [
            "name": self.name.json,
            "documentation": self.documentation.json,
            "value": self.value(section).json,
            "is_required": self.isRequired.json,
            "is_left_out": (self.render(section) == nil).json,
            "transport": self.transport?.rawValue.json ?? .null,
            "expected": self.expected.json,
            "unit": self.unit.json,
            "reload": self.reload.text.json,
        ]
    }
}
