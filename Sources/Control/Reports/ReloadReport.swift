/// What a reload that was applied has changed. One that was rejected is a `ControlError`.
public struct ReloadReport: Report {
    /// A line for each key or listener that is in force from now on.
    public var changes: [String] = []
    /// Keys that have changed in the file, and need a restart.
    public var needsRestart: [String] = []

    public init() {}

    public static let members: [ReportMember<Self>] = [
        ReportMember("changes", \.changes),
        ReportMember("needs_restart", \.needsRestart),
    ]
}
