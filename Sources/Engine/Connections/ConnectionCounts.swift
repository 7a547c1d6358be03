/// How many connections there are and were, and what they moved.
public struct ConnectionCounts: Sendable, Equatable {
    /// Open now.
    public var open = 0
    /// Ever opened.
    public var opened = 0
    /// Accepted by the kernel and closed at once, or not opened when this program asked for them; by reason.
    public var refused: [RefusalReason: Int] = [:]
    /// How often the last of `Limits.connections` was given away, so that clients had to wait.
    public var limitReached = 0
    /// How often the system closed a rendezvous socket over TCP and it was opened again.
    public var listenersReopened = 0
    /// Ended, by reason.
    public var ended: [CloseReason: Int] = [:]
    /// How often a connection has passed each limit. It ended then, unless that cost it no more than datagrams.
    public var exceeded: [ConnectionLimit: Int] = [:]
    /// Bytes that wait for peers now.
    public var pendingBytes = 0
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
        left.limitReached += right.limitReached
        left.listenersReopened += right.listenersReopened
        left.ended.merge(right.ended, uniquingKeysWith: +)
        left.exceeded.merge(right.exceeded, uniquingKeysWith: +)
        left.pendingBytes += right.pendingBytes
        left.cut += right.cut
        left.traffic += right.traffic
        left.listeners += right.listeners
        left.udp += right.udp
    }
}
