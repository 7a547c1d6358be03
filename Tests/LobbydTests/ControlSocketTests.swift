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

    @Test("the socket's file is for owner and group, and a close deletes it")
    func file() throws {
        let socket = try ControlSocket.open(self.path)
        var status = stat()
        #expect(stat(self.path.text, &status) == 0 && status.st_mode & 0o777 == 0o660)
        #expect(socket.place == .own)
        socket.close()
        close(socket.descriptor)
        #expect(!self.exists("c.sock") && !self.exists("c.lock"))
    }

    @Test("a file that replaces the socket's file is recognized as foreign and survives the close")
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

    @Test("without replacing, a socket opens only if the path is free, and each socket knows its own file")
    func again() throws {
        let first = try ControlSocket.open(self.path)
        #expect(throws: ControlSocketError.occupied) { try ControlSocket.open(self.path, isReplacing: false) }
        unlink(self.path.text)
        let second = try ControlSocket.open(self.path, isReplacing: false)
        #expect(first.place == .other && second.place == .own)
        close(second.descriptor)
        // The path is occupied even if no process listens on the socket.
        #expect(throws: ControlSocketError.occupied) { try ControlSocket.open(self.path, isReplacing: false) }
        close(first.descriptor)
    }

    @Test("the socket of a killed daemon is replaced")
    func stale() throws {
        close(try ControlSocket.open(self.path).descriptor)
        let socket = try ControlSocket.open(self.path)
        socket.close()
        close(socket.descriptor)
    }

    @Test("a live socket is not replaced, and closing it does not delete its successor")
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

    @Test("a file that is not a socket is left alone")
    func plainFile() {
        close(open(self.path.text, O_CREAT | O_WRONLY, 0o600))
        #expect(throws: ControlSocketError.notASocket) { try ControlSocket.open(self.path) }
        #expect(access(self.path.text, F_OK) == 0)
    }

    @Test("a missing directory counts as an absent place, and an occupied path does not")
    func noDirectory() throws {
        let path = try #require(UnixSocketPath(self.directory + "/missing/c.sock"))
        #expect { try ControlSocket.open(path) } throws: { ($0 as? ControlSocketError)?.isAbsentPlace == true }
        #expect(!ControlSocketError.inUse.isAbsentPlace && !ControlSocketError.notASocket.isAbsentPlace)
    }
}
