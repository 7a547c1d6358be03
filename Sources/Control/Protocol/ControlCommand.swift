/// What a client asks for.
public enum ControlCommand: Sendable, Equatable {
    case version
    case status
    case stats
    case list(ConnectionFilter)
    case show(id: UInt64)
    case kick(id: UInt64, reason: String)
    case reload
    case drain
    /// A level of the log, and for how long; nil is for good.
    case logLevel(String, duration: Duration?)

    /// Each command with the arguments that it may have.
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

    /// Whether the daemon is another one afterwards, so that an operator will want to know who asked for it.
    public var changesSomething: Bool {
        switch self {
        case .version, .status, .stats, .list, .show: false
        case .kick, .reload, .drain, .logLevel: true
        }
    }
}
