/// Everything that is wrong with a configuration, in the order of the file; never empty.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    let problems: [ConfigurationProblem]

    /// One problem a line.
    var description: String {
        self.problems.map(\.description).joined(separator: "\n")
    }
}

/// One thing that an operator has to put right, printed as `file:line:column: message`.
struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    let file: String
    /// nil when the file as a whole is at fault.
    let position: SourcePosition?
    let message: String

    var description: String {
        let place = self.position.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(self.file)\(place): \(self.message)".withoutControls
    }
}
