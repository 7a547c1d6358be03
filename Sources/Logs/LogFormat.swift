/// The log format that the operator chooses.
public enum LogFormat: String, Sendable, CaseIterable {
    /// Chooses the format from the destination of standard error.
    case auto
    case journal
    case text
    case json

    /// The format in use.
    public enum Concrete: Sendable {
        /// Structured fields, in the journal's own protocol.
        case journal
        /// Lines for an operator at a terminal.
        case text
        /// One JSON object per line, for a log collector.
        case json
    }

    /// The format to use in `surroundings`.
    ///
    /// When the journal is unreachable, `journal` acts like `auto`. libsystemd would report success for lost records,
    /// and the daemon's log would vanish unnoticed.
    public func resolved(in surroundings: LogSurroundings) -> Concrete {
        switch self {
        case .text: .text
        case .json: .json
        case .journal where surroundings.journalIsReachable: .journal
        case .auto where surroundings.journalIsReachable && surroundings.standardErrorIsJournal: .journal
        case .journal, .auto: surroundings.standardErrorIsTerminal ? .text : .json
        }
    }
}
