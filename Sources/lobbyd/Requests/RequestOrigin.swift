import Logging

/// Who asks the daemon for something.
enum RequestOrigin: Sendable, Equatable {
    case signal(DaemonSignal)
    /// Somebody on the control socket, by user id.
    case control(uid: UInt32)

    /// For the log.
    var metadata: Logger.Metadata {
        switch self {
        case .signal(let signal): ["signal": "\(signal)"]
        case .control(let uid): ["admin_uid": .stringConvertible(uid)]
        }
    }
}
