import Glibc

/// Why there is no control socket.
enum ControlSocketError: Error, Equatable, CustomStringConvertible {
    /// A process listens there.
    case inUse
    /// The file there is no socket, and is left alone.
    case notASocket
    /// A file has come into the place of a socket that lobbyd had there, and is left alone.
    case occupied
    /// Another process keeps the lock.
    case lockHeld(file: String)
    /// Another user could have made the file of the lock, or could lock it.
    case lockNotOwn(file: String)
    /// The system's error, by its `errno`.
    case system(CInt)

    /// Whether the place is missing or closed, rather than used by another process: at the default path lobbyd can do without.
    var isAbsentPlace: Bool {
        switch self {
        case .system(ENOENT), .system(ENOTDIR), .system(EACCES), .system(EPERM), .system(EROFS): true
        case .inUse, .notASocket, .occupied, .lockHeld, .lockNotOwn, .system: false
        }
    }

    var description: String {
        switch self {
        case .inUse: "another process listens there, maybe another lobbyd"
        case .notASocket: "there is a file which is no socket"
        case .occupied: "another file is in its place; remove it"
        case .lockHeld(let file): "another process holds \(file) in its directory, maybe a lobbyd that starts"
        case .lockNotOwn(let file):
            "\(file) in its directory is not a plain file that only lobbyd's user can open; remove it"
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
