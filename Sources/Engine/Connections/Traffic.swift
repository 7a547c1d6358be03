/// What a connection, or many of them, has moved. Datagrams are counted whole; bytes include the headers.
public struct Traffic: Sendable, Equatable {
    /// Received.
    public var datagramsIn: UInt64 = 0
    /// Received, headers included.
    public var bytesIn: UInt64 = 0
    /// Taken over for sending: given to the kernel, or waiting for it.
    public var datagramsOut: UInt64 = 0
    /// Bytes of `datagramsOut`, headers included.
    public var bytesOut: UInt64 = 0
    /// Incoming datagrams that the program chose to drop.
    public var datagramsDropped: UInt64 = 0
    /// Broadcast datagrams not sent because the receiver's header cannot say their length.
    public var datagramsUnframeable: UInt64 = 0
    /// Not sent because too much waited for the receiver already: `Limits.SlowConsumer.drop`.
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
