/// The name of a setting in a file: a section, a key of it, or an element of the key's list.
struct SettingPath: Hashable, Sendable {
    let section: String
    /// The index among the sections with the same name, from 0.
    var index = 0
    var key: String?
    var element: Int?

    func key(_ key: String) -> Self {
        Self(section: self.section, index: self.index, key: key)
    }

    func element(_ element: Int) -> Self {
        Self(section: self.section, index: self.index, key: self.key, element: element)
    }
}

/// The findings of a decoder: the position of each setting, and every problem.
struct Findings {
    private(set) var problems: [(position: SourcePosition, message: String)] = []
    private var positions: [SettingPath: SourcePosition] = [:]
    private var spoiled: Set<SettingPath> = []

    mutating func note(_ path: SettingPath, at position: SourcePosition) {
        self.positions[path] = position
    }

    mutating func report(_ message: String, at position: SourcePosition) {
        self.problems.append((position, message))
    }

    /// Reports a problem and marks the setting as refused. The setting then holds its default, and the rules skip it.
    mutating func report(_ message: String, at position: SourcePosition, spoiling path: SettingPath) {
        self.spoiled.insert(path)
        self.report(message, at: position)
    }

    func isSound(_ path: SettingPath) -> Bool {
        !self.spoiled.contains(path)
    }

    /// nil when the file does not contain the setting.
    func position(_ path: SettingPath) -> SourcePosition? {
        self.positions[path]
    }

    /// The position to report for a problem of `path`: the setting, else the section that lacks it, else the first
    /// line.
    func nearestPosition(_ path: SettingPath) -> SourcePosition {
        self.positions[path]
            ?? self.positions[SettingPath(section: path.section, index: path.index)]
            ?? SourcePosition(line: 1, column: 1)
    }
}
