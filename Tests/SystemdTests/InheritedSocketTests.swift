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

    @Test("a TCP socket is usable only if it listens")
    func stream() {
        #expect(Self.kind(AF_INET, SOCK_STREAM, listening: true) == .stream)
        #expect(Self.kind(AF_INET, SOCK_STREAM) == .unusable)
    }

    @Test("a UDP socket is usable")
    func datagram() {
        #expect(Self.kind(AF_INET, SOCK_DGRAM) == .datagram)
    }

    @Test("a Unix socket and an invalid descriptor are unusable")
    func unusable() {
        #expect(Self.kind(AF_UNIX, SOCK_STREAM) == .unusable)
        #expect(InheritedSocket(name: "game", descriptor: -1).kind == .unusable)
    }

    @Test("without LISTEN_ variables for this process there are no sockets, and an invalid count throws")
    func none() async {
        await #expect(processExitsWith: .success) {
            unsetenv("LISTEN_PID")
            let unset = try ListenDescriptors.take()
            #expect(unset.isEmpty)
            setenv("LISTEN_PID", "1", 1)
            setenv("LISTEN_FDS", "1", 1)
            let others = try ListenDescriptors.take()
            #expect(others.isEmpty)
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "many", 1)
            #expect(throws: ListenDescriptors.Invalid.self) { try ListenDescriptors.take() }
        }
    }

    @Test("copies of a socket have the same address, and different sockets have different ones")
    func address() {
        let sockets = (0..<2).map { _ in socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0) }
        let copy = dup(sockets[0])
        defer { for descriptor in sockets + [copy] { close(descriptor) } }
        for descriptor in sockets {
            // With port 0 the system chooses a port.
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let code = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
            }
            #expect(code == 0)
        }
        let addresses = (sockets + [copy]).map { InheritedSocket(name: "game", descriptor: $0).address }
        #expect(addresses[0] == addresses[2])
        #expect(addresses[0] != addresses[1])
        #expect(InheritedSocket(name: "game", descriptor: -1).address.isEmpty)
    }
}
