import CLinux
import Glibc

/// The reason why a client connection could not be opened. Each case has host and port as the caller named them.
///
/// Panda3D's `open_TCP_client_connection` returns null in all of these cases (`connectionManager.cxx`).
public enum ConnectError: Error, Hashable {
    /// The name has no address. `code` is the error of getaddrinfo(3). `EAI_AGAIN` means that no name server answered,
    /// and a later lookup may succeed.
    case nameNotFound(host: String, port: Int, code: CInt)
    /// The host answered that the port has no listener.
    case refused(host: String, port: Int)
    /// The lookup and the connection attempts got no answer within the timeout.
    case timedOut(host: String, port: Int, after: Duration)
    /// There is no route to the host, or this machine has no address of the same family.
    case unreachable(host: String, port: Int)
    /// The caller cancelled the attempt, or the manager was shut down.
    case cancelled(host: String, port: Int)
    /// `Limits.lookups` was reached; `limit` is its value.
    case tooManyLookups(host: String, port: Int, limit: Int)
    /// `Limits.connections` was reached; `limit` is its value.
    case tooManyConnections(host: String, port: Int, limit: Int)
    /// This machine reported another error; `code` is its error number.
    case systemError(host: String, port: Int, code: CInt)
}

extension ConnectError: CustomStringConvertible {
    /// One line: host, port and the reason.
    public var description: String {
        switch self {
        case .nameNotFound(let host, let port, let code):
            Self.sentence(host, port, "the name was not found: \(String(cString: gai_strerror(code)))")
        case .refused(let host, let port):
            Self.sentence(host, port, "connection refused, the port has no listener")
        case .timedOut(let host, let port, let after):
            Self.sentence(host, port, "no answer within \(after)")
        case .unreachable(let host, let port):
            Self.sentence(host, port, "no route to the host")
        case .cancelled(let host, let port):
            Self.sentence(host, port, "cancelled")
        case .tooManyLookups(let host, let port, let limit):
            Self.sentence(host, port, "the limit of \(limit) name lookups at one time is reached")
        case .tooManyConnections(let host, let port, let limit):
            Self.sentence(host, port, "the limit of \(limit) connections is reached")
        case .systemError(let host, let port, let code):
            Self.sentence(host, port, String(cString: strerror(code)))
        }
    }

    private static func sentence(_ host: String, _ port: Int, _ what: String) -> String {
        "cannot connect to \(NetAddress(host: host, port: port)): \(what)"
    }
}
