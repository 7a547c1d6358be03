/// How many connections there are and were, and what they moved.
public struct ConnectionCounts: Sendable, Equatable {
    /// Open now.
    public var open = 0
    /// Ever opened.
    public var opened = 0
    /// Accepted by the kernel and closed at once, or not opened when this program asked for them; by reason.
    public var refused: [RefusalReason: Int] = [:]
    /// Cut by the end of a drain with something left to send.
    public var cut = 0
    /// What they moved, those that have ended included.
    public var traffic = Traffic()
    /// The same by listener, those without a connection left out.
    public var listeners = ListenerCounts()
    /// What UDP sockets refused and did not send.
    public var udp = UDPCounts()

    /// All zero.
    public init() {}

    /// Adds each count.
    public static func += (left: inout ConnectionCounts, right: ConnectionCounts) {
        left.open += right.open
        left.opened += right.opened
        left.refused.merge(right.refused, uniquingKeysWith: +)
        left.cut += right.cut
        left.traffic += right.traffic
        left.listeners += right.listeners
        left.udp += right.udp
    }
}
