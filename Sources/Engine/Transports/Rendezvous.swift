import Wire

/// A rendezvous socket: its address and port, and the framing that its clients use.
public struct Rendezvous: Sendable, Hashable {
    /// The name in logs.
    public var name: String
    /// A literal IP address, or nil for all interfaces, IPv6 and IPv4.
    ///
    /// A link-local address includes its interface: `fe80::1%eth0`.
    public var host: String?
    /// Whether nil and `::` exclude IPv4.
    public var isIPv6Only: Bool
    /// 0 binds any free port.
    public var port: Int
    /// The number of connections that the kernel queues until they are accepted. Linux caps it at `net.core.somaxconn`.
    public var backlog: Int
    /// The header before each payload, in both directions. Clients must use the same framing.
    public var framing: Framing
    /// The size of the kernel's receive buffer over UDP; 0 keeps the system's default.
    ///
    /// Linux may grant less (`net.core.rmem_max`): see `BoundRendezvous.receiveBufferBytes`.
    public var receiveBufferBytes: Int
    /// TCP or UDP. UDP ignores `backlog` and `framing`.
    public var transport: Transport

    /// nil when `host` is not a literal address.
    public var listenAddress: ListenAddress? { ListenAddress(self.host, isIPv6Only: self.isIPv6Only) }

    /// The default values match Panda3D's manual.
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
