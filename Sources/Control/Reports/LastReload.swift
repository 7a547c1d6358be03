/// How the last reload ended.
public struct LastReload: Report {
    /// How long ago.
    public var age = Duration.zero
    /// false: it was rejected, and the configuration before it still holds.
    public var isApplied = false
    /// One line: what was changed, or the first thing that is wrong.
    public var summary = ""

    public init() {}

    public static let members: [ReportMember<Self>] = [
        ReportMember("age_usec", \.age),
        ReportMember("applied", \.isApplied),
        ReportMember("summary", \.summary),
    ]
}
