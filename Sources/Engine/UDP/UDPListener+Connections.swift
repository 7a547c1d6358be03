import NIOCore

/// How its connections begin and end.
extension UDPListener {
    /// - Returns: nil, and counts it, when the source can't be answered or there is no place for it.
    func newConnection(_ source: SocketAddress, at now: NIODeadline) -> Connection? {
        guard self.admission == .open, let address = NetAddress(source), let ipAddress = IPAddress(source) else {
            return nil
        }
        let registry = self.origin.registry
        guard UDPSource.isAnswerable(source), !registry.ownsUDPSocket(source) else {
            self.socket?.count(\.unanswerable)
            return nil
        }
        let standing = self.standing(ofNewcomerFrom: ipAddress)
        if let reason = registry.admission.admit(ipAddress, standing, at: now) {
            self.origin.observer.connectionRefused(peer: address, rendezvous: self.rendezvous, reason: reason)
            return nil
        }
        let host = registry.udpHosts.enter(ipAddress)
        let peer = UDPPeer(listener: self, address: source, host: host, now: self.shard.clock.reading(at: now))
        peer.isProven = standing.isProven
        let connection = Connection(
            id: registry.nextID(),
            peer: address,
            origin: self.origin,
            header: .two,
            openedAt: now,
            shard: self.shard
        )
        connection.udpPeer = peer
        connection.joinsBroadcasts = peer.isProven
        let changed = host.prove(ports: self.provenPorts(of: ipAddress))
        let displaced = host.add(peer)
        self.table.add(connection, peer)
        self.number(peer)
        if !peer.isProven { peer.unprovenSlot = self.unproven.insert(peer).slot }
        self.shard.opened(connection)
        self.origin.observer.connectionOpened(connection)
        self.proofChanged(changed + [displaced].compactMap { $0 } + [peer])
        return connection
    }

    /// The port heard most recently is proven wherever one of its address is.
    private func standing(ofNewcomerFrom address: IPAddress) -> AdmissionBook.Standing {
        if self.proof == .none { return .proven(displacesAnother: false) }
        let provenPorts = self.provenPorts(of: address)
        guard provenPorts > 0 else { return .unproven }
        let host = self.origin.registry.udpHosts.find(address)
        return .proven(displacesAnother: host?.isFull(provenPorts: provenPorts) ?? false)
    }

    /// Ends the connections that have been idle, and looks at what proves the others.
    func sweep(at now: NIODeadline) {
        self.proofChanged(self.table.hosts.flatMap { $0.prove(ports: self.provenPorts(of: $0.address)) })
        guard self.idle.isEmpty else { return }
        self.idle = self.table.connections.values.filter { self.isIdle($0, at: now) }[...]
        self.endIdle(at: now)
    }

    /// Ends a part of those that were found idle; thousands in one turn would let the others wait.
    private func endIdle(at now: NIODeadline) {
        let part = self.idle.prefix(Shard.sweepClosesMax)
        self.idle = self.idle.dropFirst(part.count)
        for connection in part where self.isIdle(connection, at: now) { self.end(connection, passing: .idleTimeout) }
        guard !self.idle.isEmpty else { return }
        self.shard.pipe.post(after: Shard.sweepPause) {
            self.endIdle(at: self.shard.eventLoop.now)
        }
    }

    /// One that ends anyway is not: its address may be another connection's by now.
    private func isIdle(_ connection: Connection, at now: NIODeadline) -> Bool {
        let readingTime = self.shard.clock.reading(at: now)
        return connection.isOpen && connection.udpPeer?.isIdle(for: self.idleTimeout, at: readingTime) == true
    }

    private func end(_ connection: Connection, passing limit: ConnectionLimit) {
        connection.state = .closing(limit.closeReason)
        self.shard.exceeded(limit, by: connection)
        self.end(connection, limit.closeReason)
    }

    /// Forgets a connection; its address is a new one when it sends again.
    ///
    /// - Parameter reason: why, unless its state says so already.
    func end(_ connection: Connection, _ reason: CloseReason) {
        guard let peer = connection.udpPeer, self.table.remove(connection, peer) else { return }
        let reason = connection.state.closeReason ?? reason
        connection.state = .closing(reason)
        self.shard.ended(connection, reason)
        if let slot = peer.unprovenSlot { _ = self.unproven.remove(slot) }
        peer.unprovenSlot = nil
        let registry = self.origin.registry
        registry.admission.release(peer.host.address, peer.standing)
        if let proven = peer.host.remove(peer) { self.proofChanged([proven]) }
        registry.udpHosts.leave(peer.host)
        self.origin.observer.connectionClosed(connection, reason: reason)
        self.closeSocketIfDone()
    }
}
