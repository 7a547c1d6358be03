// Once a file of the module imports CLinux, Swift finds the SOCK_ constants only there.
import CLinux
import Control
import Glibc

/// The listening control socket and its file.
///
/// lobbyd replaces the file of a killed lobbyd, at which no process listens. It never touches a file at which a process
/// listens. No other lobbyd can interfere between the check and the bind, because each of them takes the `ControlLock`.
struct ControlSocket: Sendable {
    /// Access for owner and group alone.
    static let mode: mode_t = 0o660
    /// The clients that the kernel holds until lobbyd accepts them.
    static let backlog: CInt = 128
    /// The longest wait for the lock. Another lobbyd holds it for some microseconds.
    static let lockTimeout = Duration.seconds(2)
    /// The longest wait for the lock in `close`, which then goes on without the lock.
    static let lockTimeoutAtEnd = Duration.milliseconds(200)

    let descriptor: CInt
    private let path: UnixSocketPath
    /// Identifies our file. The system does not reuse its inode number while the socket is open.
    private let file: FileIdentity

    /// Creates the socket and its file.
    ///
    /// - Parameter isReplacing: whether to replace the file of a socket at which no process listens. Any other file is
    ///   an error.
    static func open(_ path: UnixSocketPath, isReplacing: Bool = true) throws(ControlSocketError) -> ControlSocket {
        let lock = try ControlLock(beside: path, timeout: Self.lockTimeout)
        defer { lock.release() }
        if isReplacing { try Self.removeStale(path) }
        // No O_NONBLOCK: accept(2) could then not tell a socket that was shut down from an empty backlog.
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(errno) }
        do throws(ControlSocketError) {
            return ControlSocket(descriptor: descriptor, path: path, file: try Self.listen(descriptor, path))
        } catch {
            Glibc.close(descriptor)
            throw error == .system(EADDRINUSE) ? .occupied : error
        }
    }

    /// The owner of the file at the socket's path.
    var place: Place {
        guard let found = FileIdentity(of: self.path.text) else { return .empty }
        return found == self.file ? .own : .other
    }

    enum Place: Equatable {
        case own
        /// There is no file, or it is inaccessible.
        case empty
        /// The file is not ours.
        case other
    }

    /// Stops accepting: the next accept(2) with an empty backlog fails with EINVAL. The file stays.
    func shut() {
        shutdown(self.descriptor, CInt(SHUT_RDWR))
    }

    /// Stops accepting, and removes the file if it is still ours.
    func close() {
        // Without the lock, this could remove the new socket file of a lobbyd that starts now.
        let lock = try? ControlLock(beside: self.path, timeout: Self.lockTimeoutAtEnd)
        defer { lock?.remove() }
        self.shut()
        if self.place == .own { unlink(self.path.text) }
    }

    private static func listen(_ descriptor: CInt, _ path: UnixSocketPath) throws(ControlSocketError) -> FileIdentity {
        // bind(2) gives the file this mode minus the umask, so access is never wider than `mode`.
        try Self.check(fchmod(descriptor, Self.mode))
        try Self.check(path.withAddress { bind(descriptor, $0, $1) })
        do throws(ControlSocketError) {
            try Self.check(chmod(path.text, Self.mode))
            try Self.check(Glibc.listen(descriptor, Self.backlog))
            guard let file = FileIdentity(of: path.text) else { throw .system(errno) }
            return file
        } catch {
            unlink(path.text)
            throw error
        }
    }

    private static func removeStale(_ path: UnixSocketPath) throws(ControlSocketError) {
        guard let file = FileIdentity(of: path.text) else {
            guard errno == ENOENT else { throw .system(errno) }
            return
        }
        guard file.isSocket else { throw .notASocket }
        guard try !Self.isLive(path) else { throw .inUse }
        try Self.check(unlink(path.text))
    }

    private static func isLive(_ path: UnixSocketPath) throws(ControlSocketError) -> Bool {
        let probe = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | O_NONBLOCK, 0)
        guard probe >= 0 else { throw .system(errno) }
        defer { Glibc.close(probe) }
        guard path.withAddress({ connect(probe, $0, $1) }) != 0 else { return true }
        // Any other error, such as a full backlog, comes from a listening process.
        return errno != ECONNREFUSED && errno != ENOENT
    }

    private static func check(_ result: CInt) throws(ControlSocketError) {
        guard result == 0 else { throw .system(errno) }
    }
}
