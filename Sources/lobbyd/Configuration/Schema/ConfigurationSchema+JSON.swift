import Control

extension ConfigurationSchema {
    /// The schema for `scripts/generate`: an array of sections, each with its keys. Texts are those of `SettingKey`.
    static var json: JSONValue { .array(Self.sections.map { $0.describe() }) }
}

extension SettingTable {
    /// - Parameters:
    ///   - documentation: as that of a key.
    ///   - section: has the values to show.
    ///   - isExample: the section is not there by default.
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
