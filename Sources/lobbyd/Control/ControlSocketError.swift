import Glibc

/// Why there is no control socket.
enum ControlSocketError: Error, Equatable, CustomStringConvertible {
    /// A process listens there.
    case inUse
    /// What is there is no socket, and is left alone.
    case notASocket
    /// What the system said, by its `errno`.
    case system(CInt)

    /// What it says about the place, not about who else uses it: at the default path lobbyd can do without.
    var isAbsentPlace: Bool {
        switch self {
        case .system(ENOENT), .system(ENOTDIR), .system(EACCES), .system(EPERM), .system(EROFS): true
        case .inUse, .notASocket, .system: false
        }
    }

    var description: String {
        switch self {
        case .inUse: "another process listens there, maybe another lobbyd"
        case .notASocket: "there is a file which is no socket"
        case .system(let errno): String(cString: strerror(errno))
        }
    }

    var errorCode: CInt {
        switch self {
        case .inUse: EADDRINUSE
        case .notASocket: ENOTSOCK
        case .system(let errno): errno
        }
    }
}
