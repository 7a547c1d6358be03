/// What a manager that runs is to do differently.
public struct ManagerUpdate: Sendable {
    /// `lookups` stays as it was.
    public var limits: Limits
    /// How long broadcasts may wait for others to go with them.
    public var coalesce: Duration
    /// Open rendezvous sockets as they are to be from now on: see `BoundRendezvous.becoming`. One that is not here stays as
    /// it is.
    public var rendezvous: [BoundRendezvous]
    /// For those of `rendezvous` over UDP, as in `openUDPRendezvous`.
    public var udpIdleTimeout: Duration
    /// For those of `rendezvous` over UDP, as in `openUDPRendezvous`.
    public var udpProof: UDPProof
    /// Called on each event loop with its number, in the moment in which the rest changes there.
    public var onEachEventLoop: @Sendable (_ index: Int) -> Void

    /// The defaults change nothing but the limits, and let no broadcast wait.
    public init(
        limits: Limits,
        coalesce: Duration = .zero,
        rendezvous: [BoundRendezvous] = [],
        udpIdleTimeout: Duration = .seconds(60),
        udpProof: UDPProof = .tcp,
        onEachEventLoop: @escaping @Sendable (_ index: Int) -> Void = { _ in }
    ) {
        self.limits = limits
        self.coalesce = coalesce
        self.rendezvous = rendezvous
        self.udpIdleTimeout = udpIdleTimeout
        self.udpProof = udpProof
        self.onEachEventLoop = onEachEventLoop
    }
}

extension ConnectionManager {
    /// Changes what it does while it runs. Each event loop changes between two parts of its input, all at once: each datagram
    /// meets the old settings or the new ones; one that waited for a rate meets those in force when it goes on. A connection
    /// from an address that `limits.access` does not let in any more is closed; no other is that the new limits allow.
    ///
    /// - Returns: when every event loop has changed.
    public func update(_ update: ManagerUpdate) -> Answer<Void> {
        let shards = self.registry.shards
        let streams = update.rendezvous.map(\.rendezvous).filter { $0.transport == .tcp }
        return self.registry.announce(Set(streams.map(\.framing))).flatMap { _ in
            self.registry.roster.admission.use(update.limits)
            return Answer.all(update.rendezvous.map { $0.useForClients() })
        }.flatMap { _ in
            Answer.all(shards.map { shard in shard.loop.submit { shard.use(update) } }).map { _ in }
        }
    }

    /// Keeps a UDP socket that was closed and is still there for its connections; `acceptClients` makes it a whole rendezvous
    /// again, `closeRendezvous` lets it go.
    ///
    /// - Returns: false when the socket is gone, as that of TCP always is.
    public func holdRendezvous(_ rendezvous: BoundRendezvous) -> Answer<Bool> {
        switch rendezvous.socket {
        case .tcp: Answer(false)
        case .udp(let listener): listener.hold()
        }
    }

    /// Lets no address become a connection over UDP any more where none is one; `acceptClients` ends that. A socket over TCP
    /// stays as it is.
    ///
    /// - Returns: false, and nothing has changed, where there are connections that need the socket.
    public func holdUnusedRendezvous(_ rendezvous: BoundRendezvous) -> Answer<Bool> {
        switch rendezvous.socket {
        case .tcp: Answer(true)
        case .udp(let listener): listener.holdIfUnused()
        }
    }

    /// Whether a UDP socket that was closed is still there for its connections.
    public func isKept(_ rendezvous: BoundRendezvous) -> Answer<Bool> {
        switch rendezvous.socket {
        case .tcp: Answer(false)
        case .udp(let listener): listener.shard.loop.submit { listener.keepsSocket }
        }
    }
}

extension Shard {
    fileprivate func use(_ update: ManagerUpdate) {
        self.use(update.limits, coalesce: update.coalesce)
        for bound in update.rendezvous {
            guard case .udp(let listener) = bound.socket, listener.shard === self else { continue }
            listener.use(bound.rendezvous, idleTimeout: update.udpIdleTimeout, proof: update.udpProof)
        }
        self.closeDenied(update.limits.access)
        update.onEachEventLoop(self.index)
    }
}

extension Shard {
    /// Ends the connections that would not be let in any more; those that this program opened are its own affair.
    private func closeDenied(_ access: AccessList) {
        for connection in self.table.connections where connection.rendezvous != nil {
            if !access.permits(connection.peerAddress.ip) { self.close(connection, .accessDenied) }
        }
    }
}

extension BoundRendezvous {
    /// Over TCP, for clients to come; a UDP socket belongs to one event loop, and changes there with its connections.
    fileprivate func useForClients() -> Answer<Void> {
        guard case .tcp(let listener) = self.socket else { return .done() }
        let rendezvous = self.rendezvous
        return listener.loop.submit { listener.use(rendezvous) }
    }
}
