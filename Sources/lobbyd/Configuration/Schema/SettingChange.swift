/// One setting that a new configuration has otherwise.
struct SettingChange: Sendable, Equatable, CustomStringConvertible {
    /// Of a value; lists can be long.
    static let charactersMax = 100

    /// `limits.connections`, `listener.game.backlog`, `route`.
    let setting: String
    /// What it is to be, and was.
    let text: String

    init(_ setting: String, _ text: String) {
        self.setting = setting
        self.text = text
    }

    /// - Parameter old: as TOML; nil where it has no value.
    init(_ setting: String, from old: String?, to new: String?) {
        self.init(setting, "\(Self.short(new)), was \(Self.short(old))")
    }

    /// The same change, with what there is to know about it.
    func noting(_ note: String) -> SettingChange {
        SettingChange(self.setting, "\(self.text); \(note)")
    }

    var description: String { "\(self.setting): \(self.text)".withoutControls }

    private static func short(_ value: String?) -> String {
        guard let value else { return "nothing" }
        return value.count > Self.charactersMax ? value.prefix(Self.charactersMax) + "…" : value
    }
}

/// Everything that a new configuration has otherwise.
struct SettingChanges: Sendable, Equatable {
    /// What a running process changes.
    var live: [SettingChange] = []
    /// What it can't change; it stays as it was.
    var afterRestart: [SettingChange] = []

    static func += (left: inout SettingChanges, right: SettingChanges) {
        left.live += right.live
        left.afterRestart += right.afterRestart
    }
}
