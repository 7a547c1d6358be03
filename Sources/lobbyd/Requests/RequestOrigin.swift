import Logging

/// The source of a request.
enum RequestOrigin: Sendable, Equatable {
    case signal(DaemonSignal)
    /// A control client, by its user id.
    case control(uid: UInt32)

    /// The metadata for the log.
    var metadata: Logger.Metadata {
        switch self {
        case .signal(let signal): ["signal": "\(signal)"]
        case .control(let uid): ["admin_uid": .stringConvertible(uid)]
        }
    }
}
