import Control
import Glibc
import Testing

@testable import lobbyd

@Suite("ControlSocket")
final class ControlSocketTests {
    private let directory: String
    private let path: UnixSocketPath

    init() throws {
        var template = Array("/tmp/lobbyd-control-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        self.directory = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        self.path = try #require(UnixSocketPath(self.directory + "/c.sock"))
    }

    deinit {
        unlink(self.path.text)
        unlink(self.directory + "/c.lock")
        rmdir(self.directory)
    }

    private func exists(_ name: String) -> Bool { access(self.directory + "/" + name, F_OK) == 0 }

    @Test("its file is for owner and group, and goes with it")
    func file() throws {
        let socket = try ControlSocket.open(self.path)
        var status = stat()
        #expect(stat(self.path.text, &status) == 0 && status.st_mode & 0o777 == 0o660)
        #expect(socket.place == .own)
        socket.close()
        close(socket.descriptor)
        #expect(!self.exists("c.sock") && !self.exists("c.lock"))
    }

    @Test("a file in its place is another's, and stays at its end")
    func replaced() throws {
        let socket = try ControlSocket.open(self.path)
        unlink(self.path.text)
        #expect(socket.place == .empty)
        close(open(self.path.text, O_CREAT | O_WRONLY, 0o600))
        #expect(socket.place == .other)
        socket.close()
        close(socket.descriptor)
        #expect(self.exists("c.sock"))
    }

    @Test("a socket that is to replace no file is made only where there is none, and is told from the one before")
    func again() throws {
        let first = try ControlSocket.open(self.path)
        #expect(throws: ControlSocketError.occupied) { try ControlSocket.open(self.path, isReplacing: false) }
        unlink(self.path.text)
        let second = try ControlSocket.open(self.path, isReplacing: false)
        #expect(first.place == .other && second.place == .own)
        close(second.descriptor)
        // A file at which no process listens is a file all the same.
        #expect(throws: ControlSocketError.occupied) { try ControlSocket.open(self.path, isReplacing: false) }
        close(first.descriptor)
    }

    @Test("what a killed daemon left is replaced")
    func stale() throws {
        close(try ControlSocket.open(self.path).descriptor)
        let socket = try ControlSocket.open(self.path)
        socket.close()
        close(socket.descriptor)
    }

    @Test("a live one is not touched, and its end does not remove a later one")
    func live() throws {
        let first = try ControlSocket.open(self.path)
        #expect(throws: ControlSocketError.inUse) { try ControlSocket.open(self.path) }
        #expect(access(self.path.text, F_OK) == 0)

        rename(self.path.text, self.path.text + ".old")
        let second = try ControlSocket.open(self.path)
        first.close()
        #expect(access(self.path.text, F_OK) == 0)
        second.close()
        unlink(self.path.text + ".old")
        for socket in [first, second] { close(socket.descriptor) }
    }

    @Test("a file that is no socket is left alone")
    func plainFile() {
        close(open(self.path.text, O_CREAT | O_WRONLY, 0o600))
        #expect(throws: ControlSocketError.notASocket) { try ControlSocket.open(self.path) }
        #expect(access(self.path.text, F_OK) == 0)
    }

    @Test("a directory that is not there is told from other errors")
    func noDirectory() throws {
        let path = try #require(UnixSocketPath(self.directory + "/missing/c.sock"))
        #expect { try ControlSocket.open(path) } throws: { ($0 as? ControlSocketError)?.isAbsentPlace == true }
        #expect(!ControlSocketError.inUse.isAbsentPlace && !ControlSocketError.notASocket.isAbsentPlace)
    }
}
