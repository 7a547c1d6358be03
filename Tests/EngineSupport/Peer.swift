import Glibc
import Wire

/// The other end of a TCP connection: a plain blocking socket. It uses no engine code, so the test checks the engine
/// against independent code.
public final class Peer: Sendable {
    /// The time limit of each call, in seconds.
    static let patience = 10

    public let descriptor: CInt
    public let framing: Framing

    /// Connects to 127.0.0.1.
    ///
    /// - Parameter source: the loopback address to connect from; nil is 127.0.0.1.
    public init(
        port: Int,
        framing: Framing = .two,
        receiveBufferBytes: CInt? = nil,
        source: String? = nil
    ) throws(PeerError) {
        self.framing = framing
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard self.descriptor >= 0 else { throw PeerError("socket") }
        if var bytes = receiveBufferBytes {
            setsockopt(self.descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<CInt>.size))
        }
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(self.descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let descriptor = self.descriptor
        if let source {
            let result = LoopbackAddress(source, port: 0).withSockAddr { bind(descriptor, $0, $1) }
            guard result == 0 else { throw PeerError("bind") }
        }
        let result = LoopbackAddress("127.0.0.1", port: port).withSockAddr { connect(descriptor, $0, $1) }
        guard result == 0 else { throw PeerError.refused(errno) }
    }

    deinit {
        close(self.descriptor)
    }

    public func send(_ payloads: [UInt8]...) throws(PeerError) {
        try self.send(raw: payloads.flatMap { frame($0, self.framing) })
    }

    public func send(raw bytes: [UInt8]) throws(PeerError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(self.descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw PeerError("send") }
            sent += count
        }
    }

    /// Waits for the next `count` payloads.
    public func receive(_ count: Int) throws(PeerError) -> [[UInt8]] {
        var payloads: [[UInt8]] = []
        for _ in 0..<count {
            let head = try self.receive(bytes: self.framing.size)
            let payloadBytes = head.withUnsafeBytes { self.framing.payloadBytes(in: $0, at: 0) }
            payloads.append(try self.receive(bytes: payloadBytes))
        }
        return payloads
    }

    /// Waits for the next `count` bytes of the stream.
    public func receive(bytes count: Int) throws(PeerError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let more = bytes.withUnsafeMutableBytes {
                recv(self.descriptor, $0.baseAddress! + received, count - received, 0)
            }
            guard more != 0 else { throw PeerError.ended }
            guard more > 0 else { throw PeerError("recv") }
            received += more
        }
        return bytes
    }

    /// Whether the socket has unread bytes; does not wait.
    public var hasReceived: Bool {
        var byte: UInt8 = 0
        return recv(self.descriptor, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT)) == 1
    }

    /// Waits for a byte or the end of the stream, and returns whether the stream ended. A reset is an end too.
    public func isEnded() -> Bool {
        var byte: UInt8 = 0
        let count = recv(self.descriptor, &byte, 1, 0)
        return count == 0 || (count < 0 && errno == ECONNRESET)
    }

    /// Reads until the stream ends, and returns the number of bytes.
    public func readToEnd() -> Int { self.bytesToEnd().count }

    public func bytesToEnd() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var bytes: [UInt8] = []
        while true {
            let count = recv(self.descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    /// Closes the connection with a reset.
    public func abort() {
        var abort = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.descriptor, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
        // dup2 closes the socket, and gives its number to another file, which deinit closes.
        let null = open("/dev/null", O_RDONLY)
        dup2(null, self.descriptor)
        close(null)
    }

    public func shutWriting() { Glibc.shutdown(self.descriptor, CInt(SHUT_WR)) }
}
