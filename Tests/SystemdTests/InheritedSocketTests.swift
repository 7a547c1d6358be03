import Glibc
import Testing

@testable import Systemd

@Suite("InheritedSocket")
struct InheritedSocketTests {
    private static func kind(_ family: CInt, _ type: __socket_type, listening: Bool = false) -> InheritedSocket.Kind {
        let descriptor = socket(family, CInt(type.rawValue), 0)
        defer { close(descriptor) }
        if listening { listen(descriptor, 1) }
        return InheritedSocket(name: "game", descriptor: descriptor).kind
    }

    @Test("a TCP socket is one for a listener only when it listens")
    func stream() {
        #expect(Self.kind(AF_INET, SOCK_STREAM, listening: true) == .stream)
        #expect(Self.kind(AF_INET, SOCK_STREAM) == .unusable)
    }

    @Test("a UDP socket needs nothing more")
    func datagram() {
        #expect(Self.kind(AF_INET, SOCK_DGRAM) == .datagram)
    }

    @Test("a Unix socket, and what is no socket at all, can't be used")
    func unusable() {
        #expect(Self.kind(AF_UNIX, SOCK_STREAM) == .unusable)
        #expect(InheritedSocket(name: "game", descriptor: -1).kind == .unusable)
    }

    @Test("without an environment for this process there are no sockets")
    func none() async {
        await #expect(processExitsWith: .success) {
            unsetenv("LISTEN_PID")
            #expect(ListenDescriptors.take().isEmpty)
            setenv("LISTEN_PID", "1", 1)
            setenv("LISTEN_FDS", "1", 1)
            #expect(ListenDescriptors.take().isEmpty)
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "many", 1)
            #expect(ListenDescriptors.take().isEmpty)
        }
    }
}
