/// The shape of the log, as an operator asks for it.
public enum LogFormat: String, Sendable, CaseIterable {
    /// Whatever suits the place where standard error goes.
    case auto
    case journal
    case text
    case json

    /// What a log is really written as.
    public enum Concrete: Sendable {
        /// Structured fields, in the journal's own protocol.
        case journal
        /// A line for a person at a terminal.
        case text
        /// One JSON object a line, for a collector.
        case json
    }

    /// The format to use in `surroundings`.
    ///
    /// Without a journal to reach, `journal` becomes what `auto` would be: libsystemd reports success for records that nobody
    /// takes, and a daemon must not fall silent.
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
