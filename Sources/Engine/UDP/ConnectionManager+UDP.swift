import NIOCore

extension ConnectionManager {
    /// Opens a UDP socket that is no rendezvous: Panda3D's `openUDPConnection` (`connectionManager.cxx`).
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
        let settings = UDPSettings(
            host: host,
            port: port,
            isForBroadcast: forBroadcast,
            isRaw: isRaw,
            keepsLocalAddresses: true
        )
        let shard = self.registry.shard(of: self.group.next())
        let socket = UDPSocket(
            settings: settings,
            shard: shard,
            ports: self.registry.udpPorts,
            receiver: UDPClosureReceiver(received: received)
        )
        return shard.pipe.flatSubmit { socket.open() }.map { socket }
    }

    /// Opens a UDP socket and makes each address that sends to it a connection.
    ///
    /// - Parameters:
    ///   - rendezvous: its transport is UDP.
    ///   - inherited: a UDP socket that is bound already and is used instead of a new one. It is not closed: when the system
    ///     closes the engine's copy, a further one is made.
    ///   - idleTimeout: how long after its last valid datagram a connection ends; over zero.
    ///   - proof: what it takes until an address gets more than came from it.
    ///   - isHeld: no address becomes a connection before `acceptClients`.
    ///   - holders: open sockets on the same port that may be in its way, to be closed afterwards.
    ///   - receiver: gets the connections' datagrams.
    ///   - observer: is told of each connection's opening and end, once each.
    /// - Returns: the open socket, or a failure that is a `RendezvousError`.
    public func openUDPRendezvous(
        _ rendezvous: Rendezvous,
        inherited: CInt? = nil,
        idleTimeout: Duration = .seconds(60),
        proof: UDPProof = .tcp,
        isHeld: Bool = false,
        replacing holders: [BoundRendezvous] = [],
        receiver: any DatagramReceiver,
        observer: any ConnectionObserver
    ) -> EventLoopFuture<BoundRendezvous> {
        let shard = self.registry.shard(of: self.group.next())
        let listener = UDPListener(
            rendezvous: rendezvous,
            inherited: inherited.map(InheritedDescriptor.init(descriptor:)),
            idleTimeout: idleTimeout,
            proof: proof,
            isHeld: isHeld,
            shard: shard,
            origin: ConnectionOrigin(
                rendezvous: rendezvous,
                registry: self.registry,
                receiver: receiver,
                observer: observer
            )
        )
        let sharing = PortSharing(holders: holders, eventLoop: shard.eventLoop)
        return self.registry.announce(.two, on: shard.eventLoop).flatMap {
            sharing.opening { listener.bind(isSharing: !holders.isEmpty) }
        }
    }
}
