/// The outcome of the last reload.
public struct LastReload: Report {
    /// The time since then.
    public var age = Duration.zero
    /// false when the reload was rejected. The earlier configuration is then still in force.
    public var isApplied = false
    /// One line: the changes, or the first problem.
    public var summary = ""

    public init() {}

    public static let members: [ReportMember<Self>] = [
        ReportMember("age_usec", \.age),
        ReportMember("applied", \.isApplied),
        ReportMember("summary", \.summary),
    ]
}
