/// What came of a reload.
enum ReloadOutcome: Sendable, Equatable {
    /// The new configuration is in force.
    ///
    /// - Parameters:
    ///   - changes: what it changed, as `limits.connections: 5, was 10`; empty when it was the same.
    ///   - needsRestart: what it has otherwise and a running process can't change; that stays as it was.
    case applied(changes: [String], needsRestart: [String])
    /// Nothing has changed, unless the engine failed within the change: then the problem says so.
    ///
    /// - Parameter problems: a line each, with file, line and column where the file is at fault; never empty.
    case rejected(problems: [String])
    /// It was not tried: the daemon stops.
    case stopping
}

/// A reload that is over.
struct ReloadRecord: Sendable {
    let at: ContinuousClock.Instant
    let outcome: ReloadOutcome
}
