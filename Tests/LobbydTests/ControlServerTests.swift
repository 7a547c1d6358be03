import Control
import Glibc
import Logging
import Logs
import Testing

@testable import lobbyd

@Suite("ControlServer")
final class ControlServerTests {
    private let directory: String
    private let path: UnixSocketPath

    init() throws {
        var template = Array("/tmp/lobbyd-control-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        self.directory = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        self.path = try #require(UnixSocketPath(self.directory + "/c.sock"))
    }

    deinit {
        rmdir(self.directory)
    }

    private func responder(_ running: RunningRelay) -> ControlResponder {
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let control = DaemonControl(
            running,
            configuredBy: ConfigurationSource(file: ConfigurationFile(option: "none")),
            logLevel: LogLevelSwitch(SharedLogLevel(.info)),
            requests: RequestMailbox()
        )
        return ControlResponder(service: control, counts: ControlCounts(), adminLog: AdminLog(log: log))
    }

    /// The descriptors of the server's accepted connections in this process.
    private func acceptedDescriptors() throws -> [CInt] {
        let directory = try #require(opendir("/proc/self/fd"))
        defer { closedir(directory) }
        var accepted: [CInt] = []
        while let entry = readdir(directory) {
            let name = Self.text(entry.pointee.d_name)
            if let descriptor = CInt(name), self.isAccepted(descriptor) { accepted.append(descriptor) }
        }
        return accepted
    }

    /// The text of a C character array up to its NUL.
    private static func text<Characters: BitwiseCopyable>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// An accepted socket has the listening socket's address and does not listen.
    private func isAccepted(_ descriptor: CInt) -> Bool {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0, address.sun_family == sa_family_t(AF_UNIX), Self.text(address.sun_path) == self.path.text
        else { return false }
        var listens: CInt = 0
        length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && listens == 0
    }

    @Test("control connections are closed in programs that lobbyd starts")
    func closedOnExec() async throws {
        var configuration = Configuration()
        configuration.listeners = []
        configuration.server.eventLoops = 1
        let loaded = LoadedConfiguration(configuration: configuration, path: "none", isFromFile: false)
        let running = RunningRelay(loaded, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let server = try ControlServer.start(at: self.path, self.responder(running)) { _ in }.server
        defer { server.close() }
        var client = try ControlClient(path: self.path.text)
        // The answer proves that the server has accepted the connection.
        try client.ask(.version) { _ in }
        let accepted = try self.acceptedDescriptors()
        #expect(accepted.count == 1)
        for descriptor in accepted { #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0) }
        try await running.manager.shutDown()
    }
}
