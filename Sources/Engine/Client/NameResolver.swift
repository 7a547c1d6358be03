import CLinux
import Glibc

/// Why a name gave no addresses.
package enum NameError: Error, Equatable {
    /// The number is one of getaddrinfo(3).
    case notFound(code: CInt)
    case systemError(code: CInt)
    case tooManyLookups(limit: Int)
}

/// Finds the addresses of a name.
package protocol NameResolver: Sendable {
    /// Called on a thread of its own, for as long as it takes.
    ///
    /// - Returns: IPv6 and IPv4 addresses with `port`, the best ones first (RFC 6724).
    func addresses(of host: String, port: Int) throws(NameError) -> [SocketAddress]
}

/// The system's own resolver, getaddrinfo(3). It can't be cancelled and may take minutes.
package struct SystemNameResolver: NameResolver {
    package init() {}

    package func addresses(of host: String, port: Int) throws(NameError) -> [SocketAddress] {
        // What is behind a NUL would not be looked up.
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
