import Control
import Glibc
import Testing

@testable import lobbyd

@Suite("ControlLock")
final class ControlLockTests {
    private let directory: String
    private let socket: UnixSocketPath
    private let file: String

    init() throws {
        var template = Array("/tmp/lobbyd-lock-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        self.directory = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        self.socket = try #require(UnixSocketPath(self.directory + "/c.sock"))
        self.file = self.directory + "/c.lock"
    }

    deinit {
        unlink(self.file)
        rmdir(self.file)
        unlink(self.directory + "/other")
        rmdir(self.directory)
    }

    private func lock(timeout: Duration = .milliseconds(50)) throws(ControlSocketError) -> ControlLock {
        try ControlLock(beside: self.socket, timeout: timeout)
    }

    @Test("only its owner may open the lock file, which stays after release() and is deleted by remove()")
    func ownFile() throws {
        let lock = try self.lock()
        var status = stat()
        #expect(lstat(self.file, &status) == 0 && status.st_mode == S_IFREG | 0o600)
        lock.release()
        #expect(access(self.file, F_OK) == 0)
        try self.lock().remove()
        #expect(access(self.file, F_OK) != 0)
    }

    @Test(
        "the lock's file name derives from the socket's and differs from it",
        arguments: [
            ("control.sock", "control.lock"), ("a.sock", "a.lock"), ("control", "control.lock"), ("a.b", "a.b.lock"),
            ("a.lock", "a.lock.lock"), (".sock", ".lock"), (".lock", ".lock.lock"),
        ]
    )
    func name(socket: String, file: String) {
        #expect(ControlLock.fileName(besideSocket: socket) == file)
    }

    @Test("locks of two sockets in one directory are independent")
    func otherSocket() throws {
        let other = try #require(UnixSocketPath(self.directory + "/other.sock"))
        let (first, second) = (try self.lock(), try ControlLock(beside: other, timeout: .zero))
        first.remove()
        second.remove()
    }

    @Test("a second lock waits, and fails after its timeout")
    func held() throws {
        let first = try self.lock()
        #expect(throws: ControlSocketError.lockHeld(file: "c.lock")) { try self.lock() }
        first.release()
        try self.lock().release()
    }

    @Test("a lock on the directory, which other users can take, does not block")
    func directoryLock() throws {
        let other = open(self.directory, O_RDONLY | O_DIRECTORY)
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
        try self.lock().release()
        close(other)
    }

    @Test("a lock on a deleted file does not count")
    func removedMeanwhile() throws {
        let first = try self.lock()
        let waiting = open(self.file, O_RDONLY)
        first.remove()
        #expect(flock(waiting, LOCK_EX | LOCK_NB) == 0)
        // The waiting descriptor now has the lock of a deleted file, which blocks no other lock.
        let second = try self.lock()
        #expect(throws: ControlSocketError.lockHeld(file: "c.lock")) { try self.lock() }
        second.remove()
        close(waiting)
    }

    @Test("a symbolic link is not followed, and a pipe or directory is an error")
    func notAFile() throws {
        let other = self.directory + "/other"
        #expect(symlink(other, self.file) == 0)
        #expect(throws: ControlSocketError.lockNotOwn(file: "c.lock")) { try self.lock() }
        #expect(access(other, F_OK) != 0)
        unlink(self.file)
        #expect(mkfifo(self.file, 0o600) == 0)
        #expect(throws: ControlSocketError.lockNotOwn(file: "c.lock")) { try self.lock() }
        unlink(self.file)
        #expect(mkdir(self.file, 0o700) == 0)
        #expect(throws: ControlSocketError.lockNotOwn(file: "c.lock")) { try self.lock() }
    }

    @Test("a lock file with access for others is an error", arguments: [0o640, 0o604, 0o620] as [mode_t])
    func openToOthers(mode: mode_t) throws {
        close(Glibc.open(self.file, O_CREAT | O_WRONLY, 0o600))
        #expect(chmod(self.file, mode) == 0)
        #expect(throws: ControlSocketError.lockNotOwn(file: "c.lock")) { try self.lock() }
    }

    @Test("another user's lock file is an error", .enabled(if: getuid() == 0, "only root can give a file away"))
    func owner() throws {
        close(Glibc.open(self.file, O_CREAT | O_WRONLY, 0o600))
        #expect(chown(self.file, 65534, 65534) == 0)
        #expect(throws: ControlSocketError.lockNotOwn(file: "c.lock")) { try self.lock() }
    }

    @Test("a missing directory counts as an absent place, and a lock that is held or not private does not")
    func place() {
        rmdir(self.directory)
        #expect { try self.lock() } throws: { ($0 as? ControlSocketError)?.isAbsentPlace == true }
        #expect(!ControlSocketError.lockNotOwn(file: "c.lock").isAbsentPlace)
        #expect(!ControlSocketError.lockHeld(file: "c.lock").isAbsentPlace)
    }
}
