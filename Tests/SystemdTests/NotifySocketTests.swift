import Glibc
import Testing

@testable import Systemd

/// Each test runs in its own process, because an environment variable names the socket.
@Suite("Notifier and its socket")
struct NotifySocketTests {
    @Test("messages arrive at $NOTIFY_SOCKET one by one")
    func arrives() async {
        await #expect(processExitsWith: .success) {
            let manager = try #require(ManagerSocket())
            defer { manager.remove() }
            setenv("NOTIFY_SOCKET", manager.path, 1)

            let notifier = Notifier()
            notifier.ready(status: "0 connections on 1 listener")
            #expect(notifier.flush(within: .seconds(10)))
            notifier.status("0 connections on 1 listener")
            notifier.stopping(status: "draining\nMAINPID=1")
            #expect(notifier.flush(within: .seconds(10)))
            #expect(manager.receive() == "READY=1\nSTATUS=0 connections on 1 listener")
            #expect(manager.receive() == "STOPPING=1\nSTATUS=draining\\nMAINPID=1")
            #expect(manager.receive() == nil)
        }
    }

    @Test("the watchdog timeout applies to this process only, and the sign of life arrives")
    func watchdog() async {
        await #expect(processExitsWith: .success) {
            let manager = try #require(ManagerSocket())
            defer { manager.remove() }
            setenv("NOTIFY_SOCKET", manager.path, 1)
            let notifier = Notifier()
            #expect(notifier.watchdogTimeout == nil)
            setenv("WATCHDOG_USEC", "20000000", 1)
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            #expect(notifier.watchdogTimeout == .seconds(20))
            setenv("WATCHDOG_PID", "1", 1)
            #expect(notifier.watchdogTimeout == nil)
            notifier.alive()
            #expect(notifier.flush(within: .seconds(10)))
            #expect(manager.receive() == "WATCHDOG=1")
        }
    }

    @Test("without a service manager, notifications have no effect")
    func alone() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            for path in [nil, "/nonexistent/notify"] {
                if let path { setenv("NOTIFY_SOCKET", path, 1) }
                let notifier = Notifier()
                notifier.ready(status: "0 connections")
                #expect(notifier.flush(within: .seconds(10)))
            }
        }
    }
}

/// The service manager's end of the notification socket.
private struct ManagerSocket {
    let path: String
    private let directory: String
    private let descriptor: CInt

    init?() {
        guard let directory = mkdtemp(strdup("/tmp/lobbyd-notify-XXXXXX")) else { return nil }
        self.directory = String(cString: directory)
        self.path = self.directory + "/socket"
        self.descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)

        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: self.path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else { return nil }
    }

    /// Returns the next message, or nil if no message has arrived. A datagram on a Unix socket arrives at once.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = recv(self.descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    func remove() {
        close(self.descriptor)
        unlink(self.path)
        rmdir(self.directory)
    }
}
