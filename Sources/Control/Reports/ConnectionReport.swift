/// One connection, as `list` and `show` tell of it.
public struct ConnectionReport: Report {
    public var id: UInt64 = 0
    /// Empty where this program connected.
    public var listener = ""
    /// The peer's, without brackets.
    public var address = ""
    public var port = 0
    public var transport = ""
    /// Bytes of the length before each payload; over TCP only.
    public var headerSize: Int?
    public var age = Duration.zero
    public var traffic = TrafficReport()
    /// Incoming datagrams that a route dropped.
    public var datagramsDropped: UInt64 = 0
    /// What waits for the peer to take it.
    public var pendingBytes = 0
    /// Whether broadcasts reach it, and its own reach others.
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

    /// Where the peer is: `127.0.0.1:9099`, `[::1]:9099`.
    public var place: String {
        Place.text(self.address, self.port)
    }
}
