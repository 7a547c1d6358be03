/// A connection, for `list` and `show`.
public struct ConnectionReport: Report {
    public var id: UInt64 = 0
    /// Empty for a connection that this process opened as a client.
    public var listener = ""
    /// The peer's address, without brackets.
    public var address = ""
    public var port = 0
    public var transport = ""
    /// The size of the TCP length header in bytes; nil over UDP.
    public var headerSize: Int?
    public var age = Duration.zero
    public var traffic = TrafficReport()
    /// Incoming datagrams that a route dropped.
    public var datagramsDropped: UInt64 = 0
    /// Bytes queued for the peer.
    public var pendingBytes = 0
    /// Whether the connection receives broadcasts, and its own broadcasts reach others.
    public var joinsBroadcasts = true

    public init() {}

    public static let members: [ReportMember<Self>] = [
        ReportMember("id", \.id),
        ReportMember("listener", \.listener),
        ReportMember("address", \.address),
        ReportMember("port", \.port),
        ReportMember("transport", \.transport),
        ReportMember("header_size", \.headerSize),
        ReportMember("age_usec", \.age),
        ReportMember("traffic", \.traffic),
        ReportMember("datagrams_dropped", \.datagramsDropped),
        ReportMember("pending_bytes", \.pendingBytes),
        ReportMember("joins_broadcasts", \.joinsBroadcasts),
    ]

    /// The peer's address and port: `127.0.0.1:9099`, `[::1]:9099`.
    public var place: String {
        Place.text(self.address, self.port)
    }
}
