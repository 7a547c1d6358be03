import Wire

/// A rendezvous socket: where clients find the program, and how they are framed.
public struct Rendezvous: Sendable, Hashable {
    /// How logs and people call it.
    public var name: String
    /// A literal address, a link-local one with its interface (`fe80::1%eth0`), or nil for every interface, IPv6 and IPv4.
    public var host: String?
    /// Whether nil and `::` leave out IPv4.
    public var isIPv6Only: Bool
    /// 0 takes any free port.
    public var port: Int
    /// Connections that the kernel holds until they are accepted. Linux cuts it at `net.core.somaxconn`.
    public var backlog: Int
    /// What stands before each payload, in both directions; clients must use the same.
    public var framing: Framing
    /// Bytes of datagrams that the kernel holds until they are read, over UDP; 0 leaves it to the system. Linux may grant less
    /// (`net.core.rmem_max`): see `BoundRendezvous.receiveBufferBytes`.
    public var receiveBufferBytes: Int
    /// Over UDP, `backlog` and `framing` mean nothing.
    public var transport: Transport

    /// nil where `host` is no literal address.
    public var listenAddress: ListenAddress? { ListenAddress(self.host, isIPv6Only: self.isIPv6Only) }

    /// The defaults are the manual's.
    public init(
        name: String = "game",
        host: String? = nil,
        isIPv6Only: Bool = false,
        port: Int = 9099,
        backlog: Int = 1000,
        framing: Framing = .two,
        transport: Transport = .tcp,
        receiveBufferBytes: Int = 0
    ) {
        self.name = name
        self.host = host
        self.isIPv6Only = isIPv6Only
        self.port = port
        self.backlog = backlog
        self.framing = framing
        self.transport = transport
        self.receiveBufferBytes = receiveBufferBytes
    }
}
