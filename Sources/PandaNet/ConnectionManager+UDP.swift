import NIOCore

extension ConnectionManager {
    /// Opens a UDP socket that is no rendezvous: Panda3D's `openUDPConnection`.
    ///
    /// - Parameters:
    ///   - host: a literal address that it sends from and receives at; nil is every interface, IPv6 and IPv4.
    ///   - port: 0 takes any free port: for a program that sends first.
    ///   - forBroadcast: whether it may send to broadcast addresses.
    ///   - isRaw: whether datagrams have no header.
    ///   - received: called on an event loop with each payload and its sender; it must not wait, and the bytes hold only
    ///     until it returns.
    /// - Returns: the open socket, or a failure that is an `IOError` of the system.
    public func openUDPConnection(
        host: String? = nil,
        port: Int,
        forBroadcast: Bool = false,
        isRaw: Bool = false,
        received: @escaping @Sendable (UnsafeRawBufferPointer, NetAddress) -> Void = { _, _ in }
    ) -> EventLoopFuture<UDPSocket> {
        let settings = UDPSettings(host: host, port: port, isForBroadcast: forBroadcast, isRaw: isRaw)
        let shard = self.registry.shard(of: self.group.next())
        let socket = UDPSocket(settings: settings, shard: shard, receiver: UDPClosureReceiver(received: received))
        return shard.eventLoop.flatSubmit { socket.open() }.map { socket }
    }
}
