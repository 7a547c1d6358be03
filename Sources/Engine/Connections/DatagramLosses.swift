/// Counts of datagrams that were lost while their connections stayed open, by cause.
///
/// UDP datagrams that belong to no connection are counted too. The counts are collected without a walk over the
/// connections, so they can be read every second.
public struct DatagramLosses: Sendable, Equatable {
    /// Datagrams lost to a limit: received over UDP beyond a rate, or not sent under `Limits.SlowConsumer.drop`.
    public var limits: [ConnectionLimit: UInt64] = [:]
    /// Datagrams that UDP sockets dropped or did not send.
    public var udp = UDPCounts()

    /// All zero.
    public init() {}

    /// Adds each count.
    public static func += (left: inout DatagramLosses, right: DatagramLosses) {
        left.limits.merge(right.limits, uniquingKeysWith: +)
        left.udp += right.udp
    }
}
