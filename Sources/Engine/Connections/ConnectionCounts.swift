/// Counts of the current and past connections of a manager, and of their traffic.
public struct ConnectionCounts: Sendable, Equatable {
    /// Open now.
    public var open = 0
    /// Ever opened.
    public var opened = 0
    /// Refused connections, by reason.
    ///
    /// These are accepted clients that were closed before they became connections, UDP datagrams that were refused a
    /// connection, and refused attempts of this program to connect.
    public var refused: [RefusalReason: Int] = [:]
    /// How many times the last slot of `Limits.connections` was taken. Further TCP clients then had to wait.
    public var limitReached = 0
    /// How many times the system closed a TCP listener's socket and the engine opened it again.
    public var listenersReopened = 0
    /// Closed connections, by reason.
    public var ended: [CloseReason: Int] = [:]
    /// How many times connections passed each limit. Passing a limit closes a connection or costs it datagrams.
    public var exceeded: [ConnectionLimit: Int] = [:]
    /// Bytes that are queued for peers now.
    public var pendingBytes = 0
    /// Connections that the end of a drain closed with unsent data.
    public var cut = 0
    /// The traffic of all connections, including closed ones.
    public var traffic = Traffic()
    /// The counts of each listener that has had a connection.
    public var listeners = ListenerCounts()
    /// Datagrams that UDP sockets dropped or did not send.
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
