import EngineSupport
import Glibc

/// Two connected, non-blocking Unix stream sockets, for tests that need a descriptor.
final class SocketPair {
    /// The first end, until `take` hands it over.
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

    /// Hands the descriptor to the caller, who must close it.
    func take() -> CInt {
        defer { self.here = -1 }
        return self.here
    }

    /// Makes the first end readable.
    func write(_ byteCount: Int = 1) {
        let bytes = [UInt8](repeating: 1, count: byteCount)
        _ = Glibc.send(self.there, bytes, byteCount, CInt(MSG_NOSIGNAL))
    }
}
