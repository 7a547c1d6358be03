/// A setting whose value differs in a new configuration.
struct SettingChange: Sendable, Equatable, CustomStringConvertible {
    /// The longest shown value. Longer values, such as lists, are cut.
    static let charactersMax = 100

    /// The setting's name, such as `limits.connections`, `listener.game.backlog` or `route`.
    let setting: String
    /// The new value and the old one.
    let text: String

    init(_ setting: String, _ text: String) {
        self.setting = setting
        self.text = text
    }

    /// Describes a new value.
    ///
    /// - Parameters:
    ///   - old: the old value as TOML; nil if the setting had no value.
    ///   - new: the new value as TOML; nil if the setting has no value.
    init(_ setting: String, from old: String?, to new: String?) {
        self.init(setting, "\(Self.short(new)), was \(Self.short(old))")
    }

    /// The same change with a remark appended.
    func noting(_ note: String) -> SettingChange {
        SettingChange(self.setting, "\(self.text); \(note)")
    }

    var description: String { "\(self.setting): \(self.text)".withoutControls }

    private static func short(_ value: String?) -> String {
        guard let value else { return "unset" }
        return value.count > Self.charactersMax ? value.prefix(Self.charactersMax) + "…" : value
    }
}

/// All differences between a new configuration and the one in force.
struct SettingChanges: Sendable, Equatable {
    /// Changes that a reload applies.
    var live: [SettingChange] = []
    /// Changes that need a restart. The settings keep their old values until then.
    var afterRestart: [SettingChange] = []

    static func += (left: inout SettingChanges, right: SettingChanges) {
        left.live += right.live
        left.afterRestart += right.afterRestart
    }
}
