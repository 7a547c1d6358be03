import Control
import Glibc

/// Keeps other lobbyds from making a socket in the same directory. Nothing of it stays in the directory.
struct DirectoryLock {
    private static let retryMilliseconds: CInt = 20

    private let descriptor: CInt

    /// - Throws: also when somebody else holds the lock for all of `timeout`.
    init(of path: UnixSocketPath, timeout: Duration) throws(ControlSocketError) {
        let directory = path.text.lastIndex(of: "/").map { path.text[...$0] } ?? "."
        self.descriptor = open(String(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard self.descriptor >= 0 else { throw .system(errno) }
        let deadline = ContinuousClock.now + timeout
        while flock(self.descriptor, LOCK_EX | LOCK_NB) != 0 {
            let failure = errno
            guard failure == EWOULDBLOCK || failure == EINTR, ContinuousClock.now < deadline else {
                close(self.descriptor)
                throw .system(failure)
            }
            poll(nil, 0, Self.retryMilliseconds)
        }
    }

    func release() {
        close(self.descriptor)
    }
}
