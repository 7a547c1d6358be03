/// Datagrams that were lost while their connections live on, if they are of any, by what they were lost to.
///
/// It is put together without a look at each connection, so that it can be asked for every second.
public struct DatagramLosses: Sendable, Equatable {
    /// Received over UDP beyond a rate, or not sent with `Limits.SlowConsumer.drop`.
    public var limits: [ConnectionLimit: UInt64] = [:]
    /// What UDP sockets refused and did not send.
    public var udp = UDPCounts()

    /// None.
    public init() {}

    /// Adds each count.
    public static func += (left: inout DatagramLosses, right: DatagramLosses) {
        left.limits.merge(right.limits, uniquingKeysWith: +)
        left.udp += right.udp
    }
}
