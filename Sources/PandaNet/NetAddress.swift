import NIOCore

/// Where a peer or a rendezvous is: an IP address and a port.
///
/// An IPv4 peer that came through a dual-stack socket is IPv4 here, as in Panda3D's `NetAddress` (`netAddress.cxx`).
public struct NetAddress: Sendable, Hashable, CustomStringConvertible {
    /// The numeric address, without brackets: `127.0.0.1`, `::1`.
    public let host: String
    /// 0…65,535.
    public let port: Int

    /// Takes both as they are; whether they are an address shows where they are used.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The address of an IP socket; nil for any other kind.
    public init?(_ address: SocketAddress) {
        guard let host = address.ipAddress, let port = address.port else { return nil }
        self.host = Self.withoutIPv4Mapping(host)
        self.port = port
    }

    /// `127.0.0.1:9099`, `[::1]:9099`.
    public var description: String {
        self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }

    static func withoutIPv4Mapping(_ host: String) -> String {
        let prefix = "::ffff:"
        guard host.hasPrefix(prefix), host.utf8.contains(UInt8(ascii: ".")) else { return host }
        return String(host.dropFirst(prefix.count))
    }
}
