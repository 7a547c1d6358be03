// Swift finds the SOCK_ constants in CLinux alone once a file of the module imports it.
import CLinux
import Control
import Glibc

/// The listening control socket and its file.
///
/// A killed daemon leaves a file at which no process listens: it is replaced. A file at which a process listens is never
/// touched. Between the look and the bind no other lobbyd gets in between, because each of them takes the `ControlLock`.
struct ControlSocket: Sendable {
    /// Its owner and group alone.
    static let mode: mode_t = 0o660
    /// Clients that the kernel holds until they are accepted.
    static let backlog: CInt = 128
    /// How long another lobbyd may hold the lock: it needs some microseconds.
    static let lockTimeout = Duration.seconds(2)
    /// The same for the end, which goes on without the lock.
    static let lockTimeoutAtEnd = Duration.milliseconds(200)

    let descriptor: CInt
    private let path: UnixSocketPath
    /// Tells our file from one that came after it: the number is not given to another file while the socket is open.
    private let file: FileIdentity

    /// - Parameter isReplacing: whether a socket's file at which no process listens is replaced. Any other file is in the way.
    static func open(_ path: UnixSocketPath, isReplacing: Bool = true) throws(ControlSocketError) -> ControlSocket {
        let lock = try ControlLock(beside: path, timeout: Self.lockTimeout)
        defer { lock.release() }
        if isReplacing { try Self.removeStale(path) }
        // Not O_NONBLOCK: accept(2) would not tell a shut socket from one without a client.
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(errno) }
        do throws(ControlSocketError) {
            return ControlSocket(descriptor: descriptor, path: path, file: try Self.listen(descriptor, path))
        } catch {
            Glibc.close(descriptor)
            throw error == .system(EADDRINUSE) ? .occupied : error
        }
    }

    /// Whose file is at the socket's path.
    var place: Place {
        guard let found = FileIdentity(of: self.path.text) else { return .empty }
        return found == self.file ? .own : .other
    }

    enum Place: Equatable {
        case own
        /// There is no file, or it can't be seen.
        case empty
        /// A file that is not ours.
        case other
    }

    /// Takes no more clients: the next accept(2) that finds no client waiting fails with EINVAL. The file stays.
    func shut() {
        shutdown(self.descriptor, CInt(SHUT_RDWR))
    }

    /// Takes no more clients, and removes the file unless it is another's by now.
    func close() {
        // Without it, a lobbyd that starts now could have its new socket's file removed.
        let lock = try? ControlLock(beside: self.path, timeout: Self.lockTimeoutAtEnd)
        defer { lock?.remove() }
        self.shut()
        if self.place == .own { unlink(self.path.text) }
    }

    private static func listen(_ descriptor: CInt, _ path: UnixSocketPath) throws(ControlSocketError) -> FileIdentity {
        // The file gets this mode less the umask, so that it never is more open than at the end.
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
        // Whatever else it says, such as that too many clients wait, comes from somebody who listens.
        return errno != ECONNREFUSED && errno != ENOENT
    }

    private static func check(_ result: CInt) throws(ControlSocketError) {
        guard result == 0 else { throw .system(errno) }
    }
}
