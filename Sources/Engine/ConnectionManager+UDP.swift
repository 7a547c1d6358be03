import Wire

extension ConnectionManager {
    /// Opens a UDP socket that is not a rendezvous: Panda3D's `openUDPConnection` (`connectionManager.cxx`).
    ///
    /// - Parameters:
    ///   - host: the literal address to send from and receive at; nil means every interface, IPv6 and IPv4.
    ///   - port: 0 lets the system choose a free port, for a program that sends first.
    ///   - forBroadcast: whether the socket may send to broadcast addresses.
    ///   - isRaw: whether datagrams have no header.
    ///   - received: called on the socket's event loop with each payload and its sender. It must not block. The bytes
    ///     are valid only during the call.
    /// - Returns: the open socket, or a failure that is a `SystemError`.
    public func openUDPConnection(
        host: String? = nil,
        port: Int,
        forBroadcast: Bool = false,
        isRaw: Bool = false,
        received: @escaping @Sendable (UnsafeRawBufferPointer, NetAddress) -> Void = { _, _ in }
    ) -> Answer<UDPSocket> {
        self.openUDPConnection(
            host: host,
            port: port,
            forBroadcast: forBroadcast,
            isRaw: isRaw,
            admits: { true },
            received: received
        )
    }

    /// Opens a UDP socket whose receiver may be full.
    ///
    /// - Parameter admits: called on the socket's event loop before each datagram. If it returns false, the socket is
    ///   not read until `UDPSocket.resumeReading`. It must not block.
    package func openUDPConnection(
        host: String? = nil,
        port: Int,
        forBroadcast: Bool = false,
        isRaw: Bool = false,
        admits: @escaping @Sendable () -> Bool,
        received: @escaping @Sendable (UnsafeRawBufferPointer, NetAddress) -> Void
    ) -> Answer<UDPSocket> {
        let settings = UDPSettings(
            host: host,
            port: port,
            isForBroadcast: forBroadcast,
            isRaw: isRaw,
            keepsLocalAddresses: true
        )
        let shard = self.nextShard()
        let socket = UDPSocket(settings: settings, shard: shard, ports: self.udpPorts)
        return shard.loop.submit {
            try socket.open(UDPClosureReceiver(isRaw: isRaw, admits: admits, received: received))
            return socket
        }
    }

    /// Opens a UDP socket and treats each address and port that sends to it as a connection.
    ///
    /// - Parameters:
    ///   - rendezvous: must have the transport UDP.
    ///   - inherited: a bound UDP socket to use instead of a new one. The engine works on a copy, replaces a lost copy,
    ///     and never closes the original.
    ///   - idleTimeout: the time without a valid datagram after which a connection ends; must be positive.
    ///   - proof: the proof that the ports of an address need before they get more bytes than came from them.
    ///   - isHeld: if true, addresses become connections only after `acceptClients`.
    ///   - holders: open sockets that may occupy the same port and that the caller will close afterwards.
    ///   - service: receives the connections' datagrams.
    ///   - observers: each is called once when a connection opens and once when it ends.
    /// - Returns: the open socket, or a failure that is a `RendezvousError`.
    public func openUDPRendezvous(
        _ rendezvous: Rendezvous,
        inherited: CInt? = nil,
        idleTimeout: Duration = .seconds(60),
        proof: UDPProof = .tcp,
        isHeld: Bool = false,
        replacing holders: [BoundRendezvous] = [],
        service: any ServiceProvider,
        observers: [any ConnectionObserver] = []
    ) -> Answer<BoundRendezvous> {
        let listener = UDPListener(
            rendezvous: rendezvous,
            inherited: inherited.map(InheritedDescriptor.init(descriptor:)),
            idleTimeout: idleTimeout,
            proof: proof,
            isHeld: isHeld,
            shard: self.nextShard(),
            registry: self.registry,
            origin: ConnectionOrigin(
                rendezvous: rendezvous,
                roster: self.registry.roster,
                service: service,
                observers: observers
            ),
            hosts: self.udpHosts,
            ports: self.udpPorts
        )
        let sharing = PortSharing(holders: holders)
        let answer = Answer<BoundRendezvous>()
        self.registry.announce([.udp]).whenSet { _ in
            sharing.opening { listener.open(isSharing: !holders.isEmpty).map { listener } }.whenSet { result in
                answer.set(
                    result.map {
                        BoundRendezvous(rendezvous: rendezvous, address: $0.socket.address, socket: .udp($0))
                    }.mapError { RendezvousError(rendezvous: rendezvous, cause: $0) }
                )
            }
        }
        return answer
    }
}

/// A receiver that passes datagrams to a closure and ignores the socket's other events.
private final class UDPClosureReceiver: UDPReceiver {
    private let payloadOffset: Int
    private let admits: @Sendable () -> Bool
    private let received: @Sendable (UnsafeRawBufferPointer, NetAddress) -> Void
    /// The last sender with its address as text. Most peers send repeatedly, and making the text takes time.
    private var lastSource: (SocketAddress, NetAddress)?

    init(
        isRaw: Bool,
        admits: @escaping @Sendable () -> Bool,
        received: @escaping @Sendable (UnsafeRawBufferPointer, NetAddress) -> Void
    ) {
        self.payloadOffset = isRaw ? Framing.udpWireOffset : Framing.udp.size
        self.admits = admits
        self.received = received
    }

    func admitsDatagram() -> Bool { self.admits() }

    func datagramReceived(_ record: UnsafeRawBufferPointer, from source: SocketAddress, to local: LocalAddress?) {
        self.received(UnsafeRawBufferPointer(rebasing: record[self.payloadOffset...]), self.address(of: source))
    }

    private func address(of source: SocketAddress) -> NetAddress {
        if let (last, address) = self.lastSource, last == source { return address }
        let address = NetAddress(source)
        self.lastSource = (source, address)
        return address
    }

    func socketLost() {}
    func socketReopened() {}
    func socketEnded() {}
}
