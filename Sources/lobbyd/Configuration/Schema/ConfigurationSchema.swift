/// Every section and key of the configuration file, each declared once. Any other name in a file is an error.
///
/// To add a key, add an entry to the `keys` of its section in `Settings`, and the property that holds its value and
/// default. Rules that involve several keys belong in `ConfigurationRules`. `scripts/generate` writes the documents
/// from this schema.
enum ConfigurationSchema {
    /// In the order of the documents and of `--dump-config`.
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
