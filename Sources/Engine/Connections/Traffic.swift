/// Counts of the traffic of one or more connections: whole datagrams, and bytes including the headers.
public struct Traffic: Sendable, Equatable {
    /// Received.
    public var datagramsIn: UInt64 = 0
    /// Bytes of `datagramsIn`, including headers.
    public var bytesIn: UInt64 = 0
    /// Datagrams to be sent: passed to the kernel, or queued for it.
    public var datagramsOut: UInt64 = 0
    /// Bytes of `datagramsOut`, including headers.
    public var bytesOut: UInt64 = 0
    /// Received datagrams that the program chose to drop.
    public var datagramsDropped: UInt64 = 0
    /// Datagrams that were not sent because they are too long for the receiver's framing.
    public var datagramsUnframeable: UInt64 = 0
    /// Datagrams that were not sent because the receiver's queue was full: `Limits.SlowConsumer.drop`.
    public var datagramsUnsent: UInt64 = 0

    /// All zero.
    public init() {}

    /// Adds each count.
    public static func += (left: inout Traffic, right: Traffic) {
        left.datagramsIn += right.datagramsIn
        left.bytesIn += right.bytesIn
        left.datagramsOut += right.datagramsOut
        left.bytesOut += right.bytesOut
        left.datagramsDropped += right.datagramsDropped
        left.datagramsUnframeable += right.datagramsUnframeable
        left.datagramsUnsent += right.datagramsUnsent
    }
}
