import CLinux
import Glibc

/// The IP address and port of a peer or a rendezvous.
///
/// An IPv4 peer of a dual-stack socket has its IPv4 address here, as in Panda3D's `NetAddress` (`netAddress.cxx`).
public struct NetAddress: Sendable, Hashable, CustomStringConvertible {
    /// The numeric address without brackets, `127.0.0.1` or `::1`. A link-local address has its interface:
    /// `fe80::1%eth0`.
    public let host: String
    /// 0…65,535.
    public let port: Int

    /// Stores host and port without checking them. An invalid address fails only when it is used.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package init(_ address: SocketAddress) {
        self.host = address.ip.description + Self.interface(of: address)
        self.port = address.port
    }

    /// Host and port: `127.0.0.1:9099`, `[::1]:9099`.
    public var description: String {
        self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }

    /// nil if `host` is not a literal address.
    var ipAddress: IPAddress? { ScopedAddress(self.host).flatMap { IPAddress($0.address) } }

    /// The name after `%`; nil without one.
    var interface: String? { ScopedAddress(self.host)?.interface }

    /// `%` and the interface's name for a link-local address, or the interface's number if the interface is gone. Empty
    /// for any other address.
    private static func interface(of address: SocketAddress) -> String {
        let index = address.scope
        guard index != 0 else { return "" }
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard if_indextoname(index, &name) != nil else { return "%\(index)" }
        return "%" + String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
