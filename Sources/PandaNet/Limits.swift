/// What the engine allows its peers. nil switches a limit off.
public struct Limits: Sendable, Equatable {
    /// Connections at one time, over all listeners and those that this program opens; the next one is refused.
    public var connections: Int?
    /// Payload bytes of one incoming datagram; a longer one closes its connection, or over UDP is ignored.
    public var datagramBytes: Int
    /// Bytes that may wait for one peer that does not read, the kernel's own buffers not counted; more closes it.
    public var pendingBytes: Int?

    /// Names that are looked up at one time for client connections, each on a thread of its own; the next one is refused.
    public var lookups: Int

    /// The defaults are those of lobbyd.
    public init(
        connections: Int? = 10_000,
        datagramBytes: Int = 65_535,
        pendingBytes: Int? = 262_144,
        lookups: Int = 64
    ) {
        self.connections = connections
        self.datagramBytes = datagramBytes
        self.pendingBytes = pendingBytes
        self.lookups = lookups
    }
}
