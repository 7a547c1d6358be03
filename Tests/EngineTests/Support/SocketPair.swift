import EngineSupport
import Glibc

/// Two Unix stream sockets that are connected to each other, for whatever needs a descriptor. Non-blocking.
final class SocketPair {
    /// Whoever is given it takes it with `take`.
    private(set) var here: CInt
    let there: CInt

    init() throws {
        var descriptors: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &descriptors) == 0 else {
            throw PeerError.failed(call: "socketpair", errno)
        }
        (self.here, self.there) = (descriptors[0], descriptors[1])
    }

    deinit {
        close(self.there)
        if self.here >= 0 { close(self.here) }
    }

    /// It is another's to close from now on.
    func take() -> CInt {
        defer { self.here = -1 }
        return self.here
    }

    /// Makes the other end readable.
    func write(_ byteCount: Int = 1) {
        let bytes = [UInt8](repeating: 1, count: byteCount)
        _ = Glibc.send(self.there, bytes, byteCount, CInt(MSG_NOSIGNAL))
    }
}
