import Control
import Glibc

/// Keeps other lobbyds from making or removing a socket in the same directory meanwhile.
///
/// It is the lock of a file that belongs to lobbyd's user alone: a lock on the directory could be taken, and kept, by every
/// user that can read the directory. The file is there until lobbyd ends; one that a killed lobbyd left is used again.
struct ControlLock {
    static let fileName = "control.lock"
    /// Another user must not open the file, and so must not lock it.
    static let mode: mode_t = 0o600
    private static let retryMilliseconds: CInt = 20

    private let path: String
    private let descriptor: CInt

    /// - Throws: also when another process holds the lock for all of `timeout`.
    init(beside socket: UnixSocketPath, timeout: Duration) throws(ControlSocketError) {
        let directory = socket.text.lastIndex(of: "/").map { socket.text[...$0] } ?? ""
        self.path = directory + Self.fileName
        let deadline = ContinuousClock.now + timeout
        while true {
            let descriptor = try Self.open(self.path)
            do throws(ControlSocketError) {
                try Self.lock(descriptor, until: deadline)
            } catch {
                close(descriptor)
                throw error
            }
            // A lobbyd that ended meanwhile has removed the file that we waited for, and others lock a new one.
            if let file = FileIdentity(of: descriptor), file == FileIdentity(of: self.path) {
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    func release() {
        close(self.descriptor)
    }

    /// Releases it, and leaves no file.
    func remove() {
        unlink(self.path)
        self.release()
    }

    private static func open(_ path: String) throws(ControlSocketError) -> CInt {
        // A pipe or a terminal in its place must not make us wait.
        let flags = O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let descriptor = Glibc.open(path, flags, Self.mode)
        guard descriptor >= 0 else {
            let failure = errno
            let isThere = FileIdentity(of: path) != nil
            throw isThere && [ELOOP, EACCES, EPERM, EISDIR, ENXIO].contains(failure) ? .lockNotOwn : .system(failure)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else {
            close(descriptor)
            throw .lockNotOwn
        }
        return descriptor
    }

    private static func lock(_ descriptor: CInt, until deadline: ContinuousClock.Instant) throws(ControlSocketError) {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let failure = errno
            guard failure == EWOULDBLOCK || failure == EINTR else { throw .system(failure) }
            guard ContinuousClock.now < deadline else { throw .lockHeld }
            poll(nil, 0, Self.retryMilliseconds)
        }
    }
}
