/// Every section and key that a file may have, each named once; all others are errors.
///
/// A new key is an entry in the `keys` of its section, in `Settings`, and the property beside them that holds its value and
/// default. What holds between several keys is in `ConfigurationRules`. `scripts/generate` writes the documents from here.
enum ConfigurationSchema {
    /// In the order of the documents and of the dump.
    static let sections: [SettingSection] = [
        ListenerSettings.section,
        RelaySettings.section,
        RouteSettings.section,
        LimitSettings.section,
        AccessSettings.section,
        ServerSettings.section,
        ControlSettings.section,
        LogSettings.section,
    ]
}
