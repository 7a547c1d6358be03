import Control

/// A section of the file, `[name]` or `[[name]]`, with the type of its values erased.
struct SettingSection: Sendable {
    let name: String
    /// Whether it is an array of tables, `[[name]]`.
    let isRepeated: Bool
    let keyNames: [String]
    let decode: @Sendable (TOMLEntry, inout Configuration, inout Findings) -> Void
    let render: @Sendable (Configuration) -> String
    /// The differences between an old and a new configuration. Sets keys that need a restart back to their old values
    /// in the new configuration.
    let changes: @Sendable (Configuration, inout Configuration) -> SettingChanges
    /// Describes the section for the documents.
    let describe: @Sendable () -> JSONValue

    /// The header in the file.
    var header: String { self.isRepeated ? "[[\(self.name)]]" : "[\(self.name)]" }

    /// Makes a section that occurs once.
    init<Section>(
        _ name: String,
        _ property: WritableKeyPath<Configuration, Section> & Sendable,
        _ documentation: String,
        _ keys: [SettingKey<Section>]
    ) {
        self.name = name
        self.isRepeated = false
        self.keyNames = keys.map(\.name)
        let table = SettingTable(header: "[\(name)]", keys: keys)
        self.decode = { entry, configuration, findings in
            switch entry.value.content {
            case .table(let entries):
                let path = SettingPath(section: name)
                findings.note(path, at: entry.value.position)
                table.decode(entries, path, &configuration[keyPath: property], &findings)
            case .array:
                findings.report("\(name): found an array, expected a single table [\(name)]", at: entry.position)
            default:
                findings.report("\(name): found \(entry.value.found), expected a table [\(name)]", at: entry.position)
            }
        }
        self.render = { table.render($0[keyPath: property]) }
        self.changes = { table.changes(from: $0[keyPath: property], to: &$1[keyPath: property], name) }
        self.describe = { table.json(documentation, Configuration()[keyPath: property]) }
    }

    /// Makes a section that may occur several times. Each occurrence starts from `blank`. The file's sections replace
    /// the default ones.
    ///
    /// - Parameter example: the values that documents show when there is no section by default.
    init<Section: Sendable>(
        _ name: String,
        _ property: WritableKeyPath<Configuration, [Section]> & Sendable,
        blank: Section,
        example: Section? = nil,
        _ documentation: String,
        _ keys: [SettingKey<Section>]
    ) {
        self.name = name
        self.isRepeated = true
        self.keyNames = keys.map(\.name)
        let table = SettingTable(header: "[[\(name)]]", keys: keys)
        self.decode = { entry, configuration, findings in
            guard case .array(let elements) = entry.value.content else {
                let message = "\(name): found \(entry.value.found), expected an array of tables [[\(name)]]"
                return findings.report(message, at: entry.position)
            }
            // The position for problems of an empty array. The position of a first element replaces it.
            findings.note(SettingPath(section: name), at: entry.position)
            configuration[keyPath: property] = elements.indices.map { index in
                let path = SettingPath(section: name, index: index)
                findings.note(path, at: elements[index].position)
                var section = blank
                if case .table(let entries) = elements[index].content {
                    table.decode(entries, path, &section, &findings)
                } else {
                    let message = "\(name): found \(elements[index].found), expected a table [[\(name)]]"
                    findings.report(message, at: elements[index].position, spoiling: path)
                }
                return section
            }
        }
        self.render = { $0[keyPath: property].map(table.render).joined(separator: "\n") }
        self.changes = { old, new in
            let (old, new) = (old[keyPath: property], new[keyPath: property])
            guard old.map(table.render) != new.map(table.render) else { return SettingChanges() }
            let text = old.count == new.count ? "changed" : "\(new.count), was \(old.count)"
            return SettingChanges(live: [SettingChange(name, text)])
        }
        self.describe = { table.json(documentation, example ?? blank, isExample: example != nil) }
    }
}
