import Glibc
import Wire

/// A plain TCP socket that listens on a free port of 127.0.0.1, for tests that need accepted sockets.
public final class PeerListener: Sendable {
    private let descriptor: CInt
    public let port: Int

    public init() throws(PeerError) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw PeerError("socket") }
        self.descriptor = descriptor
        let result = LoopbackAddress("127.0.0.1", port: 0).withSockAddr { bind(descriptor, $0, $1) }
        guard result == 0 else { throw PeerError("bind") }
        guard listen(descriptor, 1000) == 0 else { throw PeerError("listen") }
        self.port = try LoopbackAddress.port(of: descriptor)
    }

    deinit {
        close(self.descriptor)
    }

    /// Returns a connected peer and the non-blocking socket at the other end, which the caller must close.
    public func connection(
        framing: Framing = .two,
        receiveBufferBytes: CInt? = nil
    ) throws(PeerError) -> (peer: Peer, descriptor: CInt) {
        let peer = try Peer(port: self.port, framing: framing, receiveBufferBytes: receiveBufferBytes)
        let descriptor = accept(self.descriptor, nil, nil)
        guard descriptor >= 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw PeerError("accept") }
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw PeerError("fcntl") }
        return (peer, descriptor)
    }
}
