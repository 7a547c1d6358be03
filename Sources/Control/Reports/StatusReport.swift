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

/// One listener.
public struct ListenerReport: Report {
    public var name = ""
    public var transport = ""
    /// Where it is bound, without brackets.
    public var address = ""
    public var port = 0
    /// Open now.
    public var connections = 0
    public var connectionsOpened = 0
    /// Of all its connections, those that have ended included.
    public var traffic = TrafficReport()

    public init() {}

    public static let members: [ReportMember<Self>] = [
        ReportMember("name", \.name),
        ReportMember("transport", \.transport),
        ReportMember("address", \.address),
        ReportMember("port", \.port),
        ReportMember("connections", \.connections),
        ReportMember("connections_opened", \.connectionsOpened),
        ReportMember("traffic", \.traffic),
    ]

    /// Where it listens: `0.0.0.0:9099`, `[::]:9099`.
    public var place: String {
        self.address.utf8.contains(UInt8(ascii: ":"))
            ? "[\(self.address)]:\(self.port)" : "\(self.address):\(self.port)"
    }
}

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
