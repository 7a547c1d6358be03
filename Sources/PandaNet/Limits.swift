/// What the engine allows its peers. nil switches a limit off.
public struct Limits: Sendable, Equatable {
    /// Connections at one time, over all listeners and those that this program opens. Over TCP the next one waits with the
    /// system until there is a place; over UDP, and when this program opens it, it is refused.
    public var connections: Int?
    /// Payload bytes of one incoming datagram; a longer one closes its connection, or over UDP is ignored.
    public var datagramBytes: Int
    /// Bytes that may wait for one peer that does not read, the kernel's own buffers not counted; more closes it.
    public var pendingBytes: Int?

    /// Names that are looked up at one time for client connections, each on a thread of its own; the next one is refused.
    public var lookups: Int

    /// Connections at one time from one IPv4 address or one /64 of IPv6, whatever their ports; the next one is refused.
    public var connectionsPerAddress: Int?
    /// Connections that one IPv4 address or one /64 of IPv6 may open in a second, and at most at once, 1…1,000,000,000.
    public var acceptsPerSecondPerAddress: Int?
    /// Connections at one time over UDP from addresses that have not proven themselves; the next one is ignored.
    public var unprovenUDPConnections: Int?
    /// From where connections are let in.
    public var access: AccessList

    /// The defaults are those of lobbyd.
    public init(
        connections: Int? = 10_000,
        datagramBytes: Int = 65_535,
        pendingBytes: Int? = 262_144,
        lookups: Int = 64,
        connectionsPerAddress: Int? = nil,
        acceptsPerSecondPerAddress: Int? = nil,
        unprovenUDPConnections: Int? = 1000,
        access: AccessList = AccessList()
    ) {
        self.connections = connections
        self.datagramBytes = datagramBytes
        self.pendingBytes = pendingBytes
        self.lookups = lookups
        self.connectionsPerAddress = connectionsPerAddress
        self.acceptsPerSecondPerAddress = acceptsPerSecondPerAddress
        self.unprovenUDPConnections = unprovenUDPConnections
        self.access = access
    }
}
