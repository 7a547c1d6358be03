/// A load on a server.
struct Workload: Sendable {
    var dialect: Dialect
    var port: UInt16
    var connections: Int
    /// The number of publishers. The first connections of the load publish.
    var publishers: Int
    /// The number of messages in flight per publisher; nil with a rate.
    var window: Int?
    /// Messages per second and publisher.
    var rate: Double
    var payloadBytes: Int
    var messageType: UInt8
}
