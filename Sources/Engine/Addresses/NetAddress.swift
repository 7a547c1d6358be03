import CLinux
import Glibc

/// Where a peer or a rendezvous is: an IP address and a port.
///
/// An IPv4 peer that came through a dual-stack socket is IPv4 here, as in Panda3D's `NetAddress` (`netAddress.cxx`).
public struct NetAddress: Sendable, Hashable, CustomStringConvertible {
    /// The numeric address, without brackets: `127.0.0.1`, `::1`; a link-local one with its interface: `fe80::1%eth0`.
    public let host: String
    /// 0…65,535.
    public let port: Int

    /// Takes both as they are; whether they are an address shows where they are used.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package init(_ address: SocketAddress) {
        self.host = address.ip.description + Self.interface(of: address)
        self.port = address.port
    }

    /// `127.0.0.1:9099`, `[::1]:9099`.
    public var description: String {
        self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }

    /// nil when `host` is no literal address.
    var ipAddress: IPAddress? { ScopedAddress(self.host).flatMap { IPAddress($0.address) } }

    /// The name after `%`; nil where there is none.
    var interface: String? { ScopedAddress(self.host)?.interface }

    /// `%` and the name of a link-local address's interface, its number once it is gone; empty for any other address.
    private static func interface(of address: SocketAddress) -> String {
        let index = address.scope
        guard index != 0 else { return "" }
        var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard if_indextoname(index, &name) != nil else { return "%\(index)" }
        return "%" + String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
