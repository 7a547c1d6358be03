import Control
import Glibc

/// A lock that keeps other lobbyds from creating or removing the same socket at the same time.
///
/// It locks a file beside the socket, which only lobbyd's user can open. A lock on the directory would not do: any user
/// who can read the directory could take that lock and keep it. Each socket has a file of its own, so lobbyds of
/// several users can share a directory. The file exists until lobbyd ends. The next lobbyd reuses the file of a killed
/// one.
struct ControlLock {
    /// Other users cannot open the file, so they cannot lock it.
    static let mode: mode_t = 0o600
    private static let retryMilliseconds: CInt = 20

    private let path: String
    private let descriptor: CInt

    /// Takes the lock.
    ///
    /// - Throws: `.lockHeld` if another process holds the lock for all of `timeout`.
    init(beside socket: UnixSocketPath, timeout: Duration) throws(ControlSocketError) {
        let slash = socket.text.lastIndex(of: "/")
        let name = slash.map { socket.text[socket.text.index(after: $0)...] } ?? socket.text[...]
        let file = Self.fileName(besideSocket: name)
        self.path = socket.text.dropLast(name.count) + file
        let deadline = ContinuousClock.now + timeout
        while true {
            let descriptor = try Self.open(self.path, named: file)
            do throws(ControlSocketError) {
                try Self.lock(descriptor, named: file, until: deadline)
            } catch {
                close(descriptor)
                throw error
            }
            // If a lobbyd has ended meanwhile, it has removed the file that we locked. Other lobbyds would lock a new
            // file.
            if let identity = FileIdentity(of: descriptor), identity == FileIdentity(of: self.path) {
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    /// The name of the lock's file: `control.lock` for the socket `control.sock`. A socket name without `.sock` keeps
    /// its ending: `control.lock` for `control`, `a.b.lock` for `a.b`. The result is never the socket's own name.
    static func fileName(besideSocket name: some StringProtocol) -> String {
        let ending = ".sock"
        return (name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : String(name)) + ".lock"
    }

    func release() {
        close(self.descriptor)
    }

    /// Removes the file and releases the lock.
    func remove() {
        unlink(self.path)
        self.release()
    }

    private static func open(_ path: String, named file: String) throws(ControlSocketError) -> CInt {
        // With these flags, a pipe or a terminal in the file's place cannot block lobbyd.
        let flags = O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let descriptor = Glibc.open(path, flags, Self.mode)
        guard descriptor >= 0 else {
            let failure = errno
            let isThere = FileIdentity(of: path) != nil
            throw isThere && [ELOOP, EACCES, EPERM, EISDIR, ENXIO].contains(failure)
                ? .lockNotOwn(file: file) : .system(failure)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else {
            close(descriptor)
            throw .lockNotOwn(file: file)
        }
        return descriptor
    }

    private static func lock(
        _ descriptor: CInt,
        named file: String,
        until deadline: ContinuousClock.Instant
    ) throws(ControlSocketError) {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let failure = errno
            guard failure == EWOULDBLOCK || failure == EINTR else { throw .system(failure) }
            guard ContinuousClock.now < deadline else { throw .lockHeld(file: file) }
            poll(nil, 0, Self.retryMilliseconds)
        }
    }
}
