extension Configuration {
    /// The configuration as a file that parses to an equal one: every key, with what it is and what it takes.
    var toml: String {
        ConfigurationSchema.sections.map { $0.render(self) }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
