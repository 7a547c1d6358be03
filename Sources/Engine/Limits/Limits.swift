/// What the engine allows its peers. nil switches a limit off.
public struct Limits: Sendable, Equatable {
    /// Connections at one time, over all listeners and those that this program opens. Over TCP the next one waits with the
    /// system until there is a place; over UDP, and when this program opens it, it is refused.
    public var connections: Int?
    /// Payload bytes of one incoming datagram; a longer one closes its connection, or over UDP is ignored.
    public var datagramBytes: Int
    /// Datagrams from one connection in a second, and as many at once; more is read later, or over UDP is ignored.
    public var datagramsPerSecond: Int?
    /// Bytes from one connection in a second, framing included, and as many at once; more is read later, or over UDP is
    /// ignored. A datagram that is longer closes it.
    public var bytesPerSecond: Int?
    /// Bytes that the broadcasts of one connection may come to in a second, and at once: those of each, framing included, times
    /// the connections that it is for. More is read later, or over UDP is ignored. A single one that costs more closes it.
    public var broadcastBytesPerSecond: Int?
    /// How long a rate may hold up what a connection has sent over TCP; longer closes it.
    public var throttleAge: Duration?

    /// Bytes that may wait for one peer that does not read, the kernel's own buffers not counted.
    public var pendingBytes: Int?
    /// Datagrams that may wait for one peer, whatever their length.
    public var pendingDatagrams: Int?
    /// How long a byte may wait for its peer; longer closes the connection, whatever `slowConsumer` says.
    public var pendingAge: Duration?
    /// Bytes that may wait for all peers together. Past it the one for which most waits is the slow one, as far as it is on the
    /// event loop of the connection that would add to them; to be dropped is what comes too much.
    public var pendingBytesTotal: Int?
    /// What happens when more would wait than may.
    public var slowConsumer: SlowConsumer

    /// Bytes of datagrams that have not come whole, or that wait for a rate or for their turn, over all connections together.
    /// Past it the connection that holds most of them is closed.
    public var unfinishedBytesTotal: Int?
    /// Streams at one time that are in their opening, over all listeners; the next one ends the oldest on its event loop, 1 or
    /// more.
    public var openings: Int
    /// How long an opening may take, from the moment when the client is accepted, whatever it sends meanwhile.
    public var openingTimeout: Duration

    /// How long a datagram may take to come over TCP, from its first byte on.
    public var frameTimeout: Duration?
    /// How long nothing may come over TCP.
    public var idleTimeout: Duration?

    /// After how long without an answer of the peer the system probes it, 1…3,600 whole seconds; a peer that has vanished is
    /// gone after twice that time and 3 s. With `pendingAge` nil one that vanished while data was on its way to it is gone
    /// only once TCP gives up, after about 15 minutes.
    public var keepAlive: Duration?

    /// Names that are looked up at one time for client connections, each on a thread of its own; the next one is refused.
    public var lookups: Int

    /// Connections at one time from one IPv4 address or one /64 of IPv6, whatever their ports; the next one is refused. Over UDP
    /// the ports that are not proven count by themselves, and no port keeps a TCP connection out.
    public var connectionsPerAddress: Int?
    /// Connections that one IPv4 address or one /64 of IPv6 may open in a second, and at most at once, 1…1,000,000,000. TCP and
    /// UDP count each by themselves.
    public var acceptsPerSecondPerAddress: Int?
    /// Connections at one time over UDP from ports that are not proven; the next one is ignored. When a proof ends, as
    /// many connections as are above it then are closed: those of the same listener that were heard least recently.
    public var unprovenUDPConnections: Int?
    /// Ports over UDP that each TCP connection of an IP address proves, those that were heard most recently.
    public var udpPortsPerConnection: Int
    /// Datagrams in a second, and at most at once, to the unproven ports of one IP address together, 1…1,000,000,000.
    public var unprovenUDPAnswersPerSecond: Int?
    /// From where connections are let in.
    public var access: AccessList

    /// Whether one of the rates of a connection is limited.
    var hasRates: Bool {
        self.datagramsPerSecond != nil || self.bytesPerSecond != nil || self.broadcastBytesPerSecond != nil
    }

    /// What becomes of a peer that takes what it is sent more slowly than it comes.
    public enum SlowConsumer: String, Sendable, CaseIterable {
        /// Its connection is closed.
        case disconnect
        /// It goes without the datagrams for which there is no room.
        case drop
    }

    /// The defaults are those of lobbyd, but for `keepAlive`.
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

    /// No limit but that of a datagram, for a program that bounds its peers itself.
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
