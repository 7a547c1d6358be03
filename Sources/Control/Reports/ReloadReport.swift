/// The changes of an applied reload. A rejected reload is a `ControlError`.
public struct ReloadReport: Report {
    /// One line for each key or listener that the reload has changed.
    public var changes: [String] = []
    /// Keys that differ in the file but need a restart.
    public var needsRestart: [String] = []

    public init() {}

    public static let members: [ReportMember<Self>] = [
        ReportMember("changes", \.changes),
        ReportMember("needs_restart", \.needsRestart),
    ]
}
