/// Storms of events, of which the log has only some.
extension Daemon {
    /// How often a storm of events that has ended is looked for.
    static let stormInterval = Duration.seconds(1)

    /// Tells what was left out of the log although no further event comes, up to the end of the process.
    func startStormReports(_ running: RunningRelay) {
        _ = running.manager.repeat(every: Self.stormInterval) { running.observer.reportSuppressed() }
    }
}
