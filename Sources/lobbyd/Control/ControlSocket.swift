import Control
import Glibc

/// The listening control socket and its file.
///
/// A file that nobody listens at is what a daemon left that was killed: it is replaced. One that somebody listens at is never
/// touched. Between the look and the bind no other lobbyd gets in between, because the directory is locked.
struct ControlSocket: Sendable {
    /// Its owner and group, and nobody else.
    static let mode: mode_t = 0o660
    /// Clients that the kernel holds until they are accepted.
    static let backlog: CInt = 128
    /// How long another lobbyd may hold the lock: it needs some microseconds.
    static let lockTimeout = Duration.seconds(2)

    let descriptor: CInt
    private let path: UnixSocketPath
    /// Tells our file from one that came after it.
    private let file: FileIdentity

    static func open(_ path: UnixSocketPath) throws(ControlSocketError) -> ControlSocket {
        let lock = try DirectoryLock(of: path, timeout: Self.lockTimeout)
        defer { lock.release() }
        try Self.removeStale(path)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(errno) }
        do throws(ControlSocketError) {
            return ControlSocket(descriptor: descriptor, path: path, file: try Self.listen(descriptor, path))
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Takes no more clients, and removes the file unless it is another's by now.
    func close() {
        shutdown(self.descriptor, CInt(SHUT_RDWR))
        if FileIdentity(of: self.path) == self.file { unlink(self.path.text) }
    }

    private static func listen(_ descriptor: CInt, _ path: UnixSocketPath) throws(ControlSocketError) -> FileIdentity {
        // The file gets this mode less the umask, so that it never is more open than at the end.
        try Self.check(fchmod(descriptor, Self.mode))
        try Self.check(path.withAddress { bind(descriptor, $0, $1) })
        try Self.check(chmod(path.text, Self.mode))
        try Self.check(Glibc.listen(descriptor, Self.backlog))
        guard let file = FileIdentity(of: path) else { throw .system(errno) }
        return file
    }

    private static func removeStale(_ path: UnixSocketPath) throws(ControlSocketError) {
        guard let file = FileIdentity(of: path) else {
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

/// Which file a path names.
private struct FileIdentity: Equatable {
    let device: dev_t
    let inode: ino_t
    let isSocket: Bool

    /// nil, with `errno`, when there is none.
    init?(of path: UnixSocketPath) {
        var status = stat()
        guard lstat(path.text, &status) == 0 else { return nil }
        self.device = status.st_dev
        self.inode = status.st_ino
        self.isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}
