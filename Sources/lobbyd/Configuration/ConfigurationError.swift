/// All problems of a configuration, in the order of the file; never empty.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    let problems: [ConfigurationProblem]

    /// One line for each problem.
    var description: String {
        self.problems.map(\.description).joined(separator: "\n")
    }
}

/// A problem that the operator has to correct, printed as `file:line:column: message`.
struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    let file: String
    /// nil when the problem concerns the file as a whole.
    let position: SourcePosition?
    let message: String

    var description: String {
        let place = self.position.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(self.file)\(place): \(self.message)".withoutControls
    }
}
