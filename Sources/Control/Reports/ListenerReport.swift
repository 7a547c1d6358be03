/// A listener.
public struct ListenerReport: Report {
    public var name = ""
    public var transport = ""
    /// The bound address, without brackets.
    public var address = ""
    public var port = 0
    /// The size of the kernel's receive buffer in bytes; nil over TCP.
    public var receiveBuffer: Int?
    /// Open connections.
    public var connections = 0
    public var connectionsOpened = 0
    /// The traffic of all its connections, including closed ones.
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

    /// The bound address and port: `0.0.0.0:9099`, `[::]:9099`.
    public var place: String {
        Place.text(self.address, self.port)
    }
}
