import Glibc
import Wire

/// The other end of UDP: a plain blocking socket on 127.0.0.1. It uses no engine code, so the test checks the engine
/// against independent code.
public final class UDPPeerSocket: Sendable {
    public let descriptor: CInt
    public let port: Int

    /// - Parameter host: any address of the loopback network.
    public init(host: String = "127.0.0.1") throws {
        let descriptor = socket(AF_INET, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw PeerError("socket") }
        self.descriptor = descriptor
        var patience = timeval(tv_sec: Peer.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = LoopbackAddress(host, port: 0).withSockAddr { bind(descriptor, $0, $1) }
        guard result == 0 else { throw PeerError("bind") }
        self.port = try LoopbackAddress.port(of: descriptor)
    }

    deinit {
        close(self.descriptor)
    }

    /// Receives datagrams only from this address and port from now on.
    public func connect(to host: String, _ port: Int) throws {
        let result = LoopbackAddress(host, port: port).withSockAddr { Glibc.connect(self.descriptor, $0, $1) }
        guard result == 0 else { throw PeerError("connect") }
    }

    /// Sends the payload after the header that Panda3D puts in front of it.
    ///
    /// - Parameter port: a port of 127.0.0.1; nil if the socket is connected.
    public func send(_ payload: [UInt8], to port: Int?) throws {
        let sum = payload.withUnsafeBytes { UDPHeader.checksum(of: $0) }
        let bytes = [UInt8(truncatingIfNeeded: sum), UInt8(truncatingIfNeeded: sum >> 8)] + payload
        if let port { return try self.send(raw: bytes, to: port) }
        guard Glibc.send(self.descriptor, bytes, bytes.count, 0) == bytes.count else { throw PeerError("send") }
    }

    public func send(raw bytes: [UInt8], to port: Int) throws {
        let sent = LoopbackAddress("127.0.0.1", port: port).withSockAddr {
            sendto(self.descriptor, bytes, bytes.count, 0, $0, $1)
        }
        guard sent == bytes.count else { throw PeerError("sendto") }
    }

    /// Waits for the next datagram, in its form on the wire.
    public func receiveRaw() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(self.descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw PeerError("recv") }
        return Array(buffer[..<count])
    }

    /// Waits for the next payload.
    public func receive() throws -> [UInt8] {
        try self.receiveRaw().withUnsafeBytes { Array(try UDPHeader.payload(of: $0)) }
    }

    /// Waits for a datagram, up to this time.
    public func wait(milliseconds: CInt) {
        var watched = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&watched, 1, milliseconds)
    }

    /// Returns the unread datagrams in their form on the wire; does not wait.
    public func drain() -> [[UInt8]] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var datagrams: [[UInt8]] = []
        while true {
            let count = recv(self.descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
            guard count >= 0 else { return datagrams }
            datagrams.append(Array(buffer[..<count]))
        }
    }
}
