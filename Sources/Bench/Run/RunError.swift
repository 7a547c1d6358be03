import Engine

/// Why there is no report.
public enum RunError: Error, Equatable, CustomStringConvertible {
    /// A sentence that names host, port and reason.
    case cannotConnect(String)
    /// The process may not have as many descriptors as the connections take.
    case descriptors(needed: Int, limit: Int)
    /// Connections ended before anything was measured; the reason is one of theirs.
    case connectionsEnded(count: Int, of: Int, reason: CloseReason)
    /// The user has ended the run before it could measure anything.
    case interrupted
    /// Nothing came back, and nobody had said what should.
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
        .cannotConnect("can't connect to \(server): \(reason)")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case NameError.notFound: "the name was not found"
        default: "\(error)"
        }
    }

    /// Whether the run could not even begin, by no fault of the server's datagrams.
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
            "\(needed) descriptors are needed, and the limit is \(limit): raise it with ulimit -n"
        case .connectionsEnded(let count, let all, let reason):
            "\(count) of \(all) connections ended before the start (\(reason.rawValue)): is there a limit of"
                + " connections, or another header size?"
        case .interrupted:
            "interrupted before anything was measured"
        case .silence(let messageType):
            "nothing came back: datagrams of type \(messageType) are dropped, or the header sizes differ;"
                + " with --expect the run is made all the same"
        }
    }
}
