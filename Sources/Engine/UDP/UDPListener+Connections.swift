/// The beginning and the end of a listener's connections.
extension UDPListener {
    /// Opens a connection for a new source.
    ///
    /// - Returns: nil if the listener accepts no new addresses, if the source is unanswerable, or if it was refused a
    ///   connection. The datagram was counted or the refusal reported.
    func newPeer(_ source: SocketAddress, at now: Instant) -> UDPPeer? {
        guard self.admission == .open else {
            self.socket.count(.unadmitted)
            return nil
        }
        guard UDPSource.isAnswerable(source), !self.ports.mayOwn(source, at: now) else {
            self.socket.count(.unanswerable)
            return nil
        }
        let standing = self.standing(ofNewcomerFrom: source.ip)
        if let reason = self.origin.roster.admission.admit(source.ip, standing, at: now) {
            let address = NetAddress(source)
            for observer in self.origin.observers {
                observer.connectionRefused(peer: address, rendezvous: self.rendezvous, reason: reason)
            }
            return nil
        }
        return self.open(source, standing, at: now)
    }

    private func open(_ source: SocketAddress, _ standing: AdmissionBook.Standing, at now: Instant) -> UDPPeer {
        let host = self.hosts.enter(source.ip)
        let peer = UDPPeer(listener: self, address: source, host: host, now: self.shard.clock.reading(at: now))
        peer.isProven = standing.isProven
        let connection = Connection(
            id: self.origin.roster.nextID(),
            peerAddress: source,
            origin: self.origin,
            framing: .udp,
            home: self.shard
        )
        connection.transmitter = .datagrams(peer)
        peer.connection = connection
        let changed = host.prove(ports: self.provenPorts(of: source.ip))
        let displaced = host.add(peer)
        self.table.add(peer)
        self.number(peer)
        if !peer.isProven { peer.unprovenSlot = self.unproven.insert(peer).slot }
        self.shard.opened(connection, joinsBroadcasts: peer.isProven)
        self.service.opened(connection)
        for observer in self.origin.observers { observer.connectionOpened(connection) }
        self.proofChanged(changed + [displaced].compactMap { $0 } + [peer])
        return peer
    }

    /// The standing of a new connection from an address.
    ///
    /// A new port is the most recently heard one. It is therefore proven if TCP connections prove any port of the
    /// address.
    private func standing(ofNewcomerFrom address: IPAddress) -> AdmissionBook.Standing {
        if self.proof == .none { return .proven(displacesAnother: false) }
        let provenPorts = self.provenPorts(of: address)
        guard provenPorts > 0 else { return .unproven }
        let host = self.hosts.find(address)
        return .proven(displacesAnother: host?.isFull(provenPorts: provenPorts) ?? false)
    }

    /// Ends idle connections and updates the proof of the others.
    func sweep(at now: Instant) {
        self.proofChanged(self.table.hosts.flatMap { $0.prove(ports: self.provenPorts(of: $0.address)) })
        guard self.idle.isEmpty else { return }
        self.idle = self.table.peers.values.filter { self.isIdle($0, at: now) }[...]
        self.endIdle(at: now)
    }

    /// Ends part of the connections that were found idle. Thousands of ends in one turn would delay other connections.
    private func endIdle(at now: Instant) {
        let part = self.idle.prefix(Shard.sweepClosesMax)
        self.idle = self.idle.dropFirst(part.count)
        for peer in part where self.isIdle(peer, at: now) { self.end(peer, passing: .idleTimeout) }
        guard !self.idle.isEmpty else { return }
        self.shard.loop.schedule(after: Shard.sweepPause) { self.endIdle(at: self.shard.loop.now) }
    }

    /// Whether the connection has been idle for too long. False for a connection that is already ending: its address
    /// may belong to another connection by now.
    private func isIdle(_ peer: UDPPeer, at now: Instant) -> Bool {
        guard peer.connection?.isOpen == true else { return false }
        return peer.isIdle(for: self.idleTimeout, at: self.shard.clock.reading(at: now))
    }

    private func end(_ peer: UDPPeer, passing limit: ConnectionLimit) {
        guard let connection = peer.connection else { return }
        connection.state = .closing(limit.closeReason)
        self.shard.exceeded(limit, by: connection)
        self.end(peer, limit.closeReason)
    }

    /// Removes a connection. Its address becomes a new connection when it sends again.
    ///
    /// - Parameter reason: the close reason, unless the connection's state already has one.
    func end(_ peer: UDPPeer, _ reason: CloseReason) {
        guard let connection = peer.connection, self.table.remove(peer) else { return }
        let reason = connection.state.closeReason ?? reason
        connection.state = .closing(reason)
        peer.connection = nil
        self.shard.ended(connection)
        if let slot = peer.unprovenSlot { _ = self.unproven.remove(slot) }
        peer.unprovenSlot = nil
        self.origin.roster.admission.release(peer.host.address, peer.standing)
        if let proven = peer.host.remove(peer) { self.proofChanged([proven]) }
        self.hosts.leave(peer.host)
        self.service.closed(connection, reason: reason)
        for observer in self.origin.observers { observer.connectionClosed(connection, reason: reason) }
        self.closeSocketIfDone()
    }
}
