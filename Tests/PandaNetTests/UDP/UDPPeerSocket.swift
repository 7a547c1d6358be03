import Glibc
import Testing
import Wire

/// The other end of UDP: a plain blocking socket on 127.0.0.1, so that nothing of the engine is on both sides.
// @unchecked: it has no state but the socket, and the kernel guards that.
final class UDPPeerSocket: @unchecked Sendable {
    let descriptor: CInt
    let port: Int

    /// - Parameter host: any address of the loopback network.
    init(host: String = "127.0.0.1") throws {
        self.descriptor = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
        try #require(self.descriptor >= 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = Self.address(host, 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        self.port = Int(in_port_t(bigEndian: address.sin_port))
        try #require(result == 0)
    }

    deinit {
        close(self.descriptor)
    }

    /// Takes datagrams from no other address and port from now on.
    func connect(to host: String, _ port: Int) throws {
        var address = Self.address(host, port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    /// With the header that Panda3D puts before it.
    ///
    /// - Parameter port: of 127.0.0.1; nil where the socket is connected.
    func send(_ payload: [UInt8], to port: Int?) throws {
        let sum = payload.withUnsafeBytes { UDPHeader.checksum(of: $0) }
        let bytes = [UInt8(truncatingIfNeeded: sum), UInt8(truncatingIfNeeded: sum >> 8)] + payload
        if let port { return try self.send(raw: bytes, to: port) }
        try #require(Glibc.send(self.descriptor, bytes, bytes.count, 0) == bytes.count)
    }

    func send(raw bytes: [UInt8], to port: Int) throws {
        var address = Self.address("127.0.0.1", port)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(self.descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(sent == bytes.count)
    }

    /// The next datagram as it is on the wire.
    func receiveRaw() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        try #require(count >= 0, "recv: \(String(cString: strerror(errno)))")
        return Array(buffer[..<count])
    }

    /// The next payload.
    func receive() throws -> [UInt8] {
        try self.receiveRaw().withUnsafeBytes { Array(try UDPHeader.payload(of: $0)) }
    }

    /// Waits until something has come, or for so long.
    func wait(milliseconds: CInt) {
        var watched = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&watched, 1, milliseconds)
    }

    /// What has come and was not read, as it is on the wire. It does not wait.
    func drain() -> [[UInt8]] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var datagrams: [[UInt8]] = []
        while true {
            let count = recv(self.descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
            guard count >= 0 else { return datagrams }
            datagrams.append(Array(buffer[..<count]))
        }
    }

    static func address(_ host: String, _ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        return address
    }
}
