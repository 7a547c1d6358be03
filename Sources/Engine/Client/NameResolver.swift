import CLinux
import Glibc

/// The reason why a lookup found no addresses.
package enum NameError: Error, Equatable {
    /// `code` is an error of getaddrinfo(3).
    case notFound(code: CInt)
    case systemError(code: CInt)
    case tooManyLookups(limit: Int)
}

/// Finds the addresses of a name.
package protocol NameResolver: Sendable {
    /// Looks up a name. Called on its own thread, so it may take any time.
    ///
    /// - Returns: IPv6 and IPv4 addresses with `port`, the preferred ones first (RFC 6724).
    func addresses(of host: String, port: Int) throws(NameError) -> [SocketAddress]
}

/// The system's resolver, getaddrinfo(3). It cannot be cancelled and may take minutes.
package struct SystemNameResolver: NameResolver {
    package init() {}

    package func addresses(of host: String, port: Int) throws(NameError) -> [SocketAddress] {
        // A C string ends at a NUL, so the rest of the name would be ignored.
        guard !host.utf8.contains(0) else { throw .notFound(code: EAI_NONAME) }
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        let systemCode = errno
        guard code != EAI_SYSTEM else { throw .systemError(code: systemCode) }
        guard code == 0 else { throw .notFound(code: code) }
        defer { freeaddrinfo(list) }
        return sequence(first: list) { $0?.pointee.ai_next }
            .prefix { $0 != nil }
            .compactMap { $0.flatMap { Self.address($0.pointee) } }
    }

    private static func address(_ info: addrinfo) -> SocketAddress? {
        UnsafeRawPointer(info.ai_addr).flatMap { SocketAddress($0) }
    }
}
