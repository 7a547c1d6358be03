import NIOCore

/// How its connections begin and end.
extension UDPListener {
    /// - Returns: nil, and counts it, when the source can't be answered or there is no place for it.
    func newConnection(_ source: SocketAddress, at now: NIODeadline) -> Connection? {
        guard self.admission == .open, let address = NetAddress(source) else { return nil }
        guard UDPSource.isAnswerable(source), !self.origin.registry.ownsUDPSocket(source) else {
            self.socket?.count(\.unanswerable)
            return nil
        }
        guard let host = self.admittedHost(source, address, at: now) else { return nil }
        let peer = UDPPeer(listener: self, address: source, host: host, now: self.shard.clock.reading(at: now))
        let connection = Connection(
            id: self.origin.registry.nextID(),
            peer: address,
            origin: self.origin,
            header: .two,
            openedAt: now,
            shard: self.shard
        )
        connection.udpPeer = peer
        connection.joinsBroadcasts = host.isProven
        self.table.add(connection, peer)
        self.shard.opened(connection)
        self.origin.observer.connectionOpened(connection)
        return connection
    }

    /// - Returns: the host of a source that has got a place; nil when it is refused.
    private func admittedHost(_ source: SocketAddress, _ address: NetAddress, at now: NIODeadline) -> UDPHost? {
        guard let ipAddress = IPAddress(source) else { return nil }
        let host = self.table.host(named: address.host) { UDPHost(name: address.host, address: ipAddress) }
        self.lookAtProof(of: host)
        let admission = self.origin.registry.admission
        guard let reason = admission.admit(ipAddress, isProven: host.isProven, at: now) else { return host }
        self.origin.observer.connectionRefused(peer: address, rendezvous: self.rendezvous, reason: reason)
        return nil
    }

    /// Notes whether a host is proven now.
    func lookAtProof(of host: UDPHost) {
        let isProven = self.isProven(host.name)
        guard isProven != host.isProven else { return }
        host.isProven = isProven
        self.origin.registry.admission.proofChanged(isProven: isProven, connections: host.connectionCount)
    }

    /// Ends the connections that have been idle, and looks at what proves the others.
    func sweep(at now: NIODeadline) {
        for host in self.table.hosts.values { self.lookAtProof(of: host) }
        for connection in self.table.connections.values {
            connection.joinsBroadcasts = connection.udpPeer?.host.isProven ?? false
        }
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
        connection.isOpen && connection.udpPeer?.isIdle(for: self.idleTimeout, at: self.shard.clock.reading(at: now)) == true
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
        guard let peer = connection.udpPeer, self.table.remove(peer) else { return }
        let reason = connection.state.closeReason ?? reason
        connection.state = .closing(reason)
        self.shard.ended(connection, reason)
        self.origin.registry.admission.release(peer.host.address, isProven: peer.host.isProven)
        self.origin.observer.connectionClosed(connection, reason: reason)
        self.closeSocketIfDone()
    }
}
