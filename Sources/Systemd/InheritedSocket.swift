import CSystemd
import Glibc

/// A socket that another process opened and keeps open. lobbyd never shuts it down and never removes its address.
public struct InheritedSocket: Sendable, Equatable {
    /// The possible uses of a socket.
    public enum Kind: Sendable, Equatable {
        /// A listening TCP socket.
        case stream
        /// A UDP socket.
        case datagram
        /// Any other descriptor: a pipe, a Unix socket, a TCP socket that does not listen.
        case unusable
    }

    /// The service manager's name for it.
    public var name: String
    public var descriptor: CInt

    public init(name: String, descriptor: CInt) {
        self.name = name
        self.descriptor = descriptor
    }

    /// The kind, from the kernel.
    public var kind: Kind {
        if self.isInternetSocket(SOCK_STREAM, listening: 1) { return .stream }
        if self.isInternetSocket(SOCK_DGRAM, listening: -1) { return .datagram }
        return .unusable
    }

    /// The bound address in the kernel's form: family, port and address. Empty for an unbound socket.
    public var address: [UInt8] {
        var storage = sockaddr_storage()
        var count = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(self.descriptor, $0, &count) }
        }
        return code == 0 ? withUnsafeBytes(of: storage) { Array($0.prefix(Int(count))) } : []
    }

    /// Checks the type of the socket.
    ///
    /// - Parameter listening: 1 if the socket must listen, -1 if it need not.
    private func isInternetSocket(_ type: __socket_type, listening: CInt) -> Bool {
        [AF_INET, AF_INET6].contains { sd_is_socket(self.descriptor, $0, CInt(type.rawValue), listening) > 0 }
    }
}
