/// The outcome of a reload.
enum ReloadOutcome: Sendable, Equatable {
    /// The new configuration is in force.
    ///
    /// - Parameters:
    ///   - changes: the changed settings, such as `limits.connections: 5, was 10`; empty if every setting is the same.
    ///   - needsRestart: the changed settings that need a restart, and keep their old values until then.
    case applied(changes: [String], needsRestart: [String])
    /// The old configuration stays in force. If the engine failed during the change, part of the new one may be in
    /// force; the problem then says so.
    ///
    /// - Parameter problems: one line for each, with file, line and column if the file is at fault; never empty.
    case rejected(problems: [String])
    /// The reload was not tried, because lobbyd is stopping.
    case stopping
}

/// A finished reload.
struct ReloadRecord: Sendable {
    let at: ContinuousClock.Instant
    let outcome: ReloadOutcome
}
