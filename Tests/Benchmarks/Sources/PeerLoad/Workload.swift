/// What to do to the server.
struct Workload: Sendable {
    var dialect: Dialect
    var port: UInt16
    var connections: Int
    /// The first so many connections publish.
    var publishers: Int
    /// How many messages each publisher has in flight; nil with a rate.
    var window: Int?
    /// Messages a second of each publisher.
    var rate: Double
    var payloadBytes: Int
    var messageType: UInt8
}
