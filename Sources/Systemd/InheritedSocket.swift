import CSystemd
import Glibc

/// A socket that somebody else has opened, and keeps open: it is never shut down, and its address never removed.
public struct InheritedSocket: Sendable, Equatable {
    /// What a socket is good for.
    public enum Kind: Sendable, Equatable {
        /// A TCP socket that listens.
        case stream
        /// A UDP socket.
        case datagram
        /// Anything else: a pipe, a Unix socket, a TCP socket that does not listen.
        case unusable
    }

    /// What the service manager calls it.
    public var name: String
    public var descriptor: CInt

    public init(name: String, descriptor: CInt) {
        self.name = name
        self.descriptor = descriptor
    }

    /// What it is, as the system says.
    public var kind: Kind {
        if self.isInternetSocket(SOCK_STREAM, listening: 1) { return .stream }
        if self.isInternetSocket(SOCK_DGRAM, listening: -1) { return .datagram }
        return .unusable
    }

    /// Where it is bound, as the system writes it: family, port and address. Empty when it is nowhere.
    public var address: [UInt8] {
        var storage = sockaddr_storage()
        var count = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(self.descriptor, $0, &count) }
        }
        return code == 0 ? withUnsafeBytes(of: storage) { Array($0.prefix(Int(count))) } : []
    }

    /// - Parameter listening: 1 when it must, -1 when it does not matter.
    private func isInternetSocket(_ type: __socket_type, listening: CInt) -> Bool {
        [AF_INET, AF_INET6].contains { sd_is_socket(self.descriptor, $0, CInt(type.rawValue), listening) > 0 }
    }
}
