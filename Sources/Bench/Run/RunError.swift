import Engine

/// The reason why there is no report.
public enum RunError: Error, Equatable, CustomStringConvertible {
    /// A sentence with host, port and reason.
    case cannotConnect(String)
    /// The process may not open as many file descriptors as the connections need.
    case descriptors(needed: Int, limit: Int)
    /// Connections were closed before the measurement. `reason` is the close reason of the last one.
    case connectionsEnded(count: Int, of: Int, reason: CloseReason)
    /// The user interrupted the run before the measurement.
    case interrupted
    /// No probe came back, and the user gave no expectation.
    case silence(messageType: Int)

    init(connecting error: any Error, to options: WorkloadOptions) {
        if let error = error as? ConnectError {
            self = .cannotConnect(error.description)
        } else if let error = error as? RunError {
            self = error
        } else {
            self = Self.cannotConnect(NetAddress(host: options.host, port: options.port), Self.reason(error))
        }
    }

    static func cannotConnect(_ server: NetAddress, _ reason: String) -> RunError {
        .cannotConnect("cannot connect to \(server): \(reason)")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case NameError.notFound: "the name was not found"
        default: "\(error)"
        }
    }

    /// Whether the run could not begin: connecting failed, or the process has too few file descriptors.
    public var isConnecting: Bool {
        switch self {
        case .cannotConnect, .descriptors: true
        case .connectionsEnded, .interrupted, .silence: false
        }
    }

    public var description: String {
        switch self {
        case .cannotConnect(let sentence):
            sentence
        case .descriptors(let needed, let limit):
            "the run needs \(needed) file descriptors, but the limit is \(limit); raise it with ulimit -n"
        case .connectionsEnded(let count, let all, let reason):
            "\(count) of \(all) connections were closed before the run began (\(reason.rawValue));"
                + " check the server's limits on connections and its header size"
        case .interrupted:
            "interrupted before anything was measured"
        case .silence(let messageType):
            "no datagram came back: the server drops type \(messageType), or uses another header size;"
                + " use --expect to run anyway"
        }
    }
}
