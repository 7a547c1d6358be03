/// Names a setting of a file: a section, one of its keys, one element of the key's list.
struct SettingPath: Hashable, Sendable {
    let section: String
    /// Which one, of a section that is there several times.
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

/// What is learned while a file is decoded: where each setting stands, and what is wrong.
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

    /// The setting holds its default instead of what was meant, so that rules about it would only add noise.
    mutating func report(_ message: String, at position: SourcePosition, spoiling path: SettingPath) {
        self.spoiled.insert(path)
        self.report(message, at: position)
    }

    func isSound(_ path: SettingPath) -> Bool {
        !self.spoiled.contains(path)
    }

    /// nil when the file does not mention it.
    func position(_ path: SettingPath) -> SourcePosition? {
        self.positions[path]
    }

    /// Where to point when `path` is at fault: at the setting, else at the section that left it at its default.
    func nearestPosition(_ path: SettingPath) -> SourcePosition {
        self.positions[path]
            ?? self.positions[SettingPath(section: path.section, index: path.index)]
            ?? SourcePosition(line: 1, column: 1)
    }
}
