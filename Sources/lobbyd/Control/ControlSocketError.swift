import Glibc

/// The reason why there is no control socket.
enum ControlSocketError: Error, Equatable, CustomStringConvertible {
    /// A process listens at the path.
    case inUse
    /// The file at the path is not a socket. lobbyd leaves it alone.
    case notASocket
    /// Another file has replaced lobbyd's socket. lobbyd leaves it alone.
    case occupied
    /// Another process holds the lock.
    case lockHeld(file: String)
    /// The lock's file is not private: another user may have created it, or could lock it.
    case lockNotOwn(file: String)
    /// The system's error number.
    case system(CInt)

    /// Whether the error means that the directory is missing or inaccessible. At the default path, lobbyd then starts
    /// without a control socket, and creates it later.
    var isAbsentPlace: Bool {
        switch self {
        case .system(ENOENT), .system(ENOTDIR), .system(EACCES), .system(EPERM), .system(EROFS): true
        case .inUse, .notASocket, .occupied, .lockHeld, .lockNotOwn, .system: false
        }
    }

    var description: String {
        switch self {
        case .inUse: "another process listens there, perhaps another lobbyd"
        case .notASocket: "the file there is not a socket; remove it"
        case .occupied: "another file is in its place; remove it"
        case .lockHeld(let file): "another process, perhaps a starting lobbyd, holds \(file) beside the socket"
        case .lockNotOwn(let file):
            "\(file) beside the socket is not a plain file that only lobbyd's user can open; remove it"
        case .system(let errno): String(cString: strerror(errno))
        }
    }

    var errorCode: CInt {
        switch self {
        case .inUse, .occupied: EADDRINUSE
        case .notASocket: ENOTSOCK
        case .lockHeld: EWOULDBLOCK
        case .lockNotOwn: EPERM
        case .system(let errno): errno
        }
    }
}
