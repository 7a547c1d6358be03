/// Converts the keys of a table from and to TOML.
struct SettingTable<Section>: Sendable {
    let header: String
    let keys: [SettingKey<Section>]

    /// Applies `entries` to the section and reports unknown keys, refused values and missing required keys.
    func decode(
        _ entries: [TOMLEntry],
        _ path: SettingPath,
        _ section: inout Section,
        _ findings: inout Findings
    ) {
        for entry in entries {
            guard let key = self.keys.first(where: { $0.name == entry.key }) else {
                findings.report(self.unknown(entry.key), at: entry.position)
                continue
            }
            findings.note(path.key(key.name), at: entry.value.position)
            key.decode(entry.value, path.key(key.name), &section, &findings)
        }
        for key in self.keys where key.isRequired && findings.position(path.key(key.name)) == nil {
            let message = "\(path.section).\(key.name): missing, expected \(key.expected)"
            findings.report(message, at: findings.nearestPosition(path), spoiling: path.key(key.name))
        }
    }

    /// Every key with its summary, its allowed values and its value.
    func render(_ section: Section) -> String {
        self.keys.reduce(into: self.header + "\n") { text, key in
            guard let value = key.render(section) else { return }
            text += "# \(key.summary): \(key.expected).\n\(key.name) = \(value)\n"
        }
    }

    /// The differences between `old` and `new`. Sets keys that need a restart back to their old values in `new`.
    func changes(from old: Section, to new: inout Section, _ name: String) -> SettingChanges {
        var changes = SettingChanges()
        for key in self.keys where key.render(old) != key.render(new) {
            let change = SettingChange("\(name).\(key.name)", from: key.render(old), to: key.render(new))
            if key.reload == .needsRestart {
                changes.afterRestart.append(change)
                key.copy(old, &new)
            } else {
                changes.live.append(change)
            }
        }
        return changes
    }

    private func unknown(_ key: String) -> String {
        let message = "unknown key \(key.quotedShort) in \(self.header)"
        if let home = ConfigurationSchema.sections.first(where: { $0.keyNames.contains(key) }) {
            return "\(message); it belongs in \(home.header)"
        }
        if let meant = Suggestion.nearest(to: key, among: self.keys.map(\.name)) {
            return "\(message); did you mean \(meant.quoted)?"
        }
        return message
    }
}
