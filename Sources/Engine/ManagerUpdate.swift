/// New settings for a running manager.
public struct ManagerUpdate: Sendable {
    /// The new limits, except for `lookups`, which keeps its old value.
    public var limits: Limits
    /// How long broadcasts may wait to be sent together.
    public var coalesce: Duration
    /// Open rendezvous sockets with their new settings, see `BoundRendezvous.becoming`. Other rendezvous sockets stay
    /// unchanged.
    public var rendezvous: [BoundRendezvous]
    /// The idle timeout of the UDP sockets in `rendezvous`, as in `openUDPRendezvous`.
    public var udpIdleTimeout: Duration
    /// The proof for the UDP sockets in `rendezvous`, as in `openUDPRendezvous`.
    public var udpProof: UDPProof
    /// Called on each event loop with its number, at the moment when the other settings change there.
    public var onEachEventLoop: @Sendable (_ index: Int) -> Void

    /// The defaults change only the limits and set `coalesce` to zero.
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
    /// Changes the settings of the running manager.
    ///
    /// Each event loop changes all settings at once, between two parts of its input. Each datagram is therefore handled
    /// with the old settings or with the new ones. A datagram that waits for a rate is handled with the settings in
    /// force when it continues. The update closes accepted connections from addresses that `limits.access` no longer
    /// permits. Other connections stay open as long as they are within the new limits.
    ///
    /// - Returns: an answer that is set when every event loop has changed its settings.
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

    /// Holds a UDP socket, even if `closeRendezvous` was called and the socket is open only for its connections. A held
    /// socket accepts no new addresses and stays open without connections.
    ///
    /// Afterwards `acceptClients` makes it a full rendezvous again, or `closeRendezvous` releases it.
    ///
    /// - Returns: false if the socket is gone; always false over TCP.
    public func holdRendezvous(_ rendezvous: BoundRendezvous) -> Answer<Bool> {
        switch rendezvous.socket {
        case .tcp: Answer(false)
        case .udp(let listener): listener.hold()
        }
    }

    /// Holds a UDP socket if it has no connections: no address becomes a connection before `acceptClients`. No effect
    /// over TCP.
    ///
    /// - Returns: false if the socket has connections; it is unchanged then. Always true over TCP.
    public func holdUnusedRendezvous(_ rendezvous: BoundRendezvous) -> Answer<Bool> {
        switch rendezvous.socket {
        case .tcp: Answer(true)
        case .udp(let listener): listener.holdIfUnused()
        }
    }

    /// Whether a UDP socket is still open, even if only for its connections. Always false over TCP.
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
    /// Closes accepted connections from addresses that are no longer permitted. Connections that this program opened
    /// stay open.
    private func closeDenied(_ access: AccessList) {
        for connection in self.table.connections where connection.rendezvous != nil {
            if !access.permits(connection.peerAddress.ip) { self.close(connection, .accessDenied) }
        }
    }
}

extension BoundRendezvous {
    /// Applies the new settings to future TCP clients. A UDP socket changes on its event loop, together with its
    /// connections.
    fileprivate func useForClients() -> Answer<Void> {
        guard case .tcp(let listener) = self.socket else { return .done() }
        let rendezvous = self.rendezvous
        return listener.loop.submit { listener.use(rendezvous) }
    }
}
