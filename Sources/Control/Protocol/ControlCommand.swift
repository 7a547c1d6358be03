/// A client's request.
public enum ControlCommand: Sendable, Equatable {
    case version
    case status
    case stats
    case list(ConnectionFilter)
    case show(id: UInt64)
    case kick(id: UInt64, reason: String)
    case reload
    case drain
    /// Sets the log level, for the given time; nil is no time limit.
    case logLevel(String, duration: Duration?)

    /// Each command with its permitted arguments.
    static let arguments: [(name: String, arguments: Set<String>)] = [
        ("version", []),
        ("status", []),
        ("stats", []),
        ("list", ["address", "listener"]),
        ("show", ["id"]),
        ("kick", ["id", "reason"]),
        ("reload", []),
        ("drain", []),
        ("loglevel", ["level", "for_usec"]),
    ]

    public var name: String {
        switch self {
        case .version: "version"
        case .status: "status"
        case .stats: "stats"
        case .list: "list"
        case .show: "show"
        case .kick: "kick"
        case .reload: "reload"
        case .drain: "drain"
        case .logLevel: "loglevel"
        }
    }

    /// Whether the command changes the daemon. lobbyd logs such commands with the user id of the client.
    public var changesSomething: Bool {
        switch self {
        case .version, .status, .stats, .list, .show: false
        case .kick, .reload, .drain, .logLevel: true
        }
    }
}
