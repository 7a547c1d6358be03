/// The limits that the engine sets for its peers. nil switches a limit off.
public struct Limits: Sendable, Equatable {
    /// Connections at one time, over all listeners and including the connections that this program opens.
    ///
    /// At the limit, a TCP client waits in the system's backlog until a connection ends. UDP peers and this program's
    /// own connections are refused.
    public var connections: Int?
    /// The longest incoming payload, in bytes. A longer one closes a TCP connection; over UDP it is dropped.
    public var datagramBytes: Int
    /// Datagrams from one connection in a second; also the largest burst. Over TCP the excess is read later; over UDP
    /// it is dropped.
    public var datagramsPerSecond: Int?
    /// Bytes from one connection in a second, framing included; also the largest burst.
    ///
    /// Over TCP the excess is read later; over UDP it is dropped. A TCP connection is closed if a single datagram
    /// exceeds the limit.
    public var bytesPerSecond: Int?
    /// The cost of one connection's broadcasts in a second; also the largest burst.
    ///
    /// A broadcast costs its bytes, framing included, times its receivers. Over TCP the excess is read later; over UDP
    /// it is dropped. A TCP connection is closed if a single broadcast exceeds the limit.
    public var broadcastBytesPerSecond: Int?
    /// How long a rate may delay data that a peer has sent over TCP. After this time the connection is closed.
    public var throttleAge: Duration?

    /// Bytes queued for one peer that reads too slowly, not counting the kernel's buffers.
    public var pendingBytes: Int?
    /// Datagrams queued for one peer, of any length.
    public var pendingDatagrams: Int?
    /// How long a byte may stay queued for its peer. After this time the connection is closed, regardless of
    /// `slowConsumer`.
    public var pendingAge: Duration?
    /// Bytes queued for all peers together.
    ///
    /// With `.disconnect`, an event loop that would pass the limit closes its connections with the most queued bytes
    /// first. With `.drop`, it drops the new datagrams.
    public var pendingBytesTotal: Int?
    /// The action for a peer whose pending limit would be passed.
    public var slowConsumer: SlowConsumer

    /// Bytes of incomplete datagrams, and of datagrams that wait for a rate or for their turn, over all connections.
    /// Past this limit, the event loop with the most of these bytes closes its connections that hold the most.
    public var unfinishedBytesTotal: Int?
    /// Streams in their opening (see `Opening`) at one time, over all listeners; at least 1.
    ///
    /// At the limit, the next stream ends the oldest one on its event loop.
    public var openings: Int
    /// How long an opening may take from the accept on, even if the client keeps sending.
    public var openingTimeout: Duration

    /// How long a datagram may take to arrive over TCP, from its first byte on.
    public var frameTimeout: Duration?
    /// How long a TCP connection may receive no bytes.
    public var idleTimeout: Duration?

    /// The time without an answer after which the system probes a TCP peer, 1…3,600 whole seconds.
    ///
    /// A peer that has vanished is detected after at most twice this time plus 3 s. If `pendingAge` is nil and data was
    /// on its way to the peer, detection takes until TCP gives up, about 15 minutes.
    public var keepAlive: Duration?

    /// Name lookups at one time for client connections, each on its own thread. The next one is refused.
    public var lookups: Int

    /// Connections at one time from one IPv4 address or one /64 of IPv6, over all ports. The next one is refused.
    ///
    /// Unproven UDP ports (see `UDPProof`) are counted separately, and no UDP port can keep a TCP connection out.
    public var connectionsPerAddress: Int?
    /// Connections that one IPv4 address or one /64 of IPv6 may open in a second; also the largest burst.
    ///
    /// The range is 1…1,000,000,000. TCP and UDP are counted separately.
    public var acceptsPerSecondPerAddress: Int?
    /// Connections at one time from unproven UDP ports. Datagrams from further unproven ports are dropped.
    ///
    /// When ports of a listener lose their proof and the limit is passed, the listener closes its least recently heard
    /// unproven connections.
    public var unprovenUDPConnections: Int?
    /// The number of UDP ports that each TCP connection proves: the most recently heard ports of its IP address.
    public var udpPortsPerConnection: Int
    /// Datagrams in a second to all unproven ports of one IP address together; also the largest burst.
    ///
    /// The range is 1…1,000,000,000.
    public var unprovenUDPAnswersPerSecond: Int?
    /// The addresses that may connect.
    public var access: AccessList

    /// Whether any rate of a connection is limited.
    var hasRates: Bool {
        self.datagramsPerSecond != nil || self.bytesPerSecond != nil || self.broadcastBytesPerSecond != nil
    }

    /// The action for a peer that reads more slowly than data for it arrives.
    public enum SlowConsumer: String, Sendable, CaseIterable {
        /// Closes its connection.
        case disconnect
        /// Drops the datagrams that do not fit.
        case drop
    }

    /// The defaults are lobbyd's, except for `keepAlive`.
    public init(
        connections: Int? = 10_000,
        datagramBytes: Int = 65_535,
        datagramsPerSecond: Int? = nil,
        bytesPerSecond: Int? = nil,
        broadcastBytesPerSecond: Int? = nil,
        throttleAge: Duration? = .seconds(10),
        pendingBytes: Int? = 262_144,
        pendingDatagrams: Int? = 4096,
        pendingAge: Duration? = .seconds(10),
        pendingBytesTotal: Int? = 268_435_456,
        slowConsumer: SlowConsumer = .disconnect,
        unfinishedBytesTotal: Int? = 67_108_864,
        openings: Int = 4096,
        openingTimeout: Duration = .seconds(10),
        frameTimeout: Duration? = .seconds(10),
        idleTimeout: Duration? = nil,
        keepAlive: Duration? = nil,
        lookups: Int = 64,
        connectionsPerAddress: Int? = nil,
        acceptsPerSecondPerAddress: Int? = nil,
        unprovenUDPConnections: Int? = 1000,
        udpPortsPerConnection: Int = 4,
        unprovenUDPAnswersPerSecond: Int? = 20,
        access: AccessList = AccessList()
    ) {
        self.connections = connections
        self.datagramBytes = datagramBytes
        self.datagramsPerSecond = datagramsPerSecond
        self.bytesPerSecond = bytesPerSecond
        self.broadcastBytesPerSecond = broadcastBytesPerSecond
        self.throttleAge = throttleAge
        self.pendingBytes = pendingBytes
        self.pendingDatagrams = pendingDatagrams
        self.pendingAge = pendingAge
        self.pendingBytesTotal = pendingBytesTotal
        self.slowConsumer = slowConsumer
        self.unfinishedBytesTotal = unfinishedBytesTotal
        self.openings = openings
        self.openingTimeout = openingTimeout
        self.frameTimeout = frameTimeout
        self.idleTimeout = idleTimeout
        self.keepAlive = keepAlive
        self.lookups = lookups
        self.connectionsPerAddress = connectionsPerAddress
        self.acceptsPerSecondPerAddress = acceptsPerSecondPerAddress
        self.unprovenUDPConnections = unprovenUDPConnections
        self.udpPortsPerConnection = udpPortsPerConnection
        self.unprovenUDPAnswersPerSecond = unprovenUDPAnswersPerSecond
        self.access = access
    }

    /// All limits off except `datagramBytes`, for a program that limits its peers itself.
    public static func off(datagramBytes: Int) -> Limits {
        Limits(
            connections: nil,
            datagramBytes: datagramBytes,
            throttleAge: nil,
            pendingBytes: nil,
            pendingDatagrams: nil,
            pendingAge: nil,
            pendingBytesTotal: nil,
            unfinishedBytesTotal: nil,
            frameTimeout: nil,
            unprovenUDPConnections: nil,
            unprovenUDPAnswersPerSecond: nil
        )
    }
}
