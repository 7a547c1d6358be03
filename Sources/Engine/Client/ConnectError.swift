import CLinux
import Glibc

/// Why a client connection could not be opened: a closed set. Each says whom it was for, as the caller had named it.
///
/// Panda3D's `open_TCP_client_connection` answers null for all of them (`connectionManager.cxx`).
public enum ConnectError: Error, Hashable {
    /// The name has no address. `code` is the number of getaddrinfo(3): `EAI_AGAIN` when no name server answered, so that it
    /// may be found later.
    case nameNotFound(host: String, port: Int, code: CInt)
    /// The host answered that nobody listens on this port.
    case refused(host: String, port: Int)
    /// Name and addresses were tried for so long, and an answer did not come.
    case timedOut(host: String, port: Int, after: Duration)
    /// No way leads to the host, or this machine has no address of its kind.
    case unreachable(host: String, port: Int)
    /// The caller ended the attempt, or the manager was shut down.
    case cancelled(host: String, port: Int)
    /// So many names were being looked up already, `Limits.lookups`.
    case tooManyLookups(host: String, port: Int, limit: Int)
    /// So many connections were there already, `Limits.connections`.
    case tooManyConnections(host: String, port: Int, limit: Int)
    /// This machine reported another error; `code` is its error number.
    case systemError(host: String, port: Int, code: CInt)
}

extension ConnectError: CustomStringConvertible {
    /// One line: host, port and what went wrong.
    public var description: String {
        switch self {
        case .nameNotFound(let host, let port, let code):
            Self.sentence(host, port, "the name was not found: \(String(cString: gai_strerror(code)))")
        case .refused(let host, let port):
            Self.sentence(host, port, "refused, nobody listens there")
        case .timedOut(let host, let port, let after):
            Self.sentence(host, port, "no answer within \(after)")
        case .unreachable(let host, let port):
            Self.sentence(host, port, "the network does not reach it")
        case .cancelled(let host, let port):
            Self.sentence(host, port, "cancelled")
        case .tooManyLookups(let host, let port, let limit):
            Self.sentence(host, port, "\(limit) name lookups are under way already")
        case .tooManyConnections(let host, let port, let limit):
            Self.sentence(host, port, "the limit of \(limit) connections is reached")
        case .systemError(let host, let port, let code):
            Self.sentence(host, port, String(cString: strerror(code)))
        }
    }

    private static func sentence(_ host: String, _ port: Int, _ what: String) -> String {
        "can't connect to \(NetAddress(host: host, port: port)): \(what)"
    }
}
