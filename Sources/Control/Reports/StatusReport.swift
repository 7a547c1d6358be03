/// The status of the daemon, for `status` and `top`.
public struct StatusReport: Report {
    public var version = ""
    public var process = 0
    /// Monotonic, so two reports of one process give a rate.
    public var uptime = Duration.zero
    public var isDraining = false
    /// The source of the configuration.
    public var configuration = ""
    public var eventLoops = 0
    public var logLevel = ""
    /// The time until the earlier log level returns; nil when the level has no time limit.
    public var logLevelRemaining: Duration?
    /// Open connections.
    public var connections = 0
    /// nil for no limit.
    public var connectionsMax: Int?
    public var connectionsOpened = 0
    public var connectionsRefused = 0
    public var traffic = TrafficReport()
    public var listeners: [ListenerReport] = []
    /// nil before the first reload.
    public var lastReload: LastReload?

    public init() {}

    public static let members: [ReportMember<Self>] = [
        ReportMember("version", \.version),
        ReportMember("process", \.process),
        ReportMember("uptime_usec", \.uptime),
        ReportMember("draining", \.isDraining),
        ReportMember("configuration", \.configuration),
        ReportMember("event_loops", \.eventLoops),
        ReportMember("log_level", \.logLevel),
        ReportMember("log_level_remaining_usec", \.logLevelRemaining),
        ReportMember("connections", \.connections),
        ReportMember("connections_max", \.connectionsMax),
        ReportMember("connections_opened", \.connectionsOpened),
        ReportMember("connections_refused", \.connectionsRefused),
        ReportMember("traffic", \.traffic),
        ReportMember("listeners", \.listeners),
        ReportMember("last_reload", \.lastReload),
    ]
}
