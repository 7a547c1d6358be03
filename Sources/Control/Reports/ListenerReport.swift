/// One listener.
public struct ListenerReport: Report {
    public var name = ""
    public var transport = ""
    /// Where it is bound, without brackets.
    public var address = ""
    public var port = 0
    /// Bytes of datagrams that the kernel holds until they are read; over UDP only.
    public var receiveBuffer: Int?
    /// Open now.
    public var connections = 0
    public var connectionsOpened = 0
    /// Of all its connections, those that have ended included.
    public var traffic = TrafficReport()

    public init() {}

    public static let members: [ReportMember<Self>] = [
        ReportMember("name", \.name),
        ReportMember("transport", \.transport),
        ReportMember("address", \.address),
        ReportMember("port", \.port),
        ReportMember("receive_buffer", \.receiveBuffer),
        ReportMember("connections", \.connections),
        ReportMember("connections_opened", \.connectionsOpened),
        ReportMember("traffic", \.traffic),
    ]

    /// Where it listens: `0.0.0.0:9099`, `[::]:9099`.
    public var place: String {
        Place.text(self.address, self.port)
    }
}
