/// What UDP sockets met that was no datagram, and what they did not send.
public struct UDPCounts: Sendable, Equatable {
    /// Refused: the sum in the header is not that of the payload.
    public var checksumFailures: UInt64 = 0
    /// Refused: shorter than the header, or empty.
    public var runts: UInt64 = 0
    /// Refused: a payload over the limit, which is `UDPHeader.payloadBytesMax` or less.
    public var oversized: UInt64 = 0
    /// Refused: from an address that nothing can be sent to, or from a socket of this program itself.
    public var unanswerable: UInt64 = 0
    /// Lost before they were read: the kernel's buffer for the socket was full.
    public var kernelDrops: UInt64 = 0
    /// Not sent: to a port that is not proven, beyond what had come from its address or beyond a rate; or in a loop of echoes.
    public var withheld: UInt64 = 0
    /// Not sent: the system had no room, or refused the address.
    public var unsent: UInt64 = 0
    /// How often a socket was lost to an error and bound again.
    public var reopened: UInt64 = 0

    /// All zero.
    public init() {}

    /// Adds each count.
    public static func += (left: inout UDPCounts, right: UDPCounts) {
        left.checksumFailures += right.checksumFailures
        left.runts += right.runts
        left.oversized += right.oversized
        left.unanswerable += right.unanswerable
        left.kernelDrops += right.kernelDrops
        left.withheld += right.withheld
        left.unsent += right.unsent
        left.reopened += right.reopened
    }
}
