/// The daemon as a whole, as `status` and `top` tell of it.
public struct StatusReport: Report {
    public var version = ""
    public var process = 0
    /// Monotonic: two reports of one process give a rate.
    public var uptime = Duration.zero
    public var isDraining = false
    /// Where the configuration is from.
    public var configuration = ""
    public var eventLoops = 0
    public var logLevel = ""
    /// How long until the log level is what it was; nil: for good.
    public var logLevelRemaining: Duration?
    /// Open now.
    public var connections = 0
    /// nil is no limit.
    public var connectionsMax: Int?
    public var connectionsOpened = 0
    public var connectionsRefused = 0
    public var traffic = TrafficReport()
    public var listeners: [ListenerReport] = []
    /// nil: there was none.
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
