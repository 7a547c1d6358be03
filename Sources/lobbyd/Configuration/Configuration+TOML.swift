extension Configuration {
    /// The configuration as a file with every key, its summary and its allowed values. Parsing the file gives an equal
    /// configuration.
    var toml: String {
        ConfigurationSchema.sections.map { $0.render(self) }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
