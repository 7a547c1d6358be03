import NIOCore

/// The ports of its connections that are proven, and the limits of the others.
extension UDPListener {
    /// How many ports of an address its TCP connections prove.
    func provenPorts(of address: IPAddress) -> Int {
        self.origin.registry.streamHosts.count(of: address) * self.shard.limits.udpPortsPerConnection
    }

    /// A datagram has come from a connection: its port is the one heard most recently. That may end the connection.
    func heard(_ peer: UDPPeer) {
        self.number(peer)
        let displaced = peer.host.heard(peer)
        if let slot = peer.unprovenSlot { _ = self.unproven.use(slot) }
        if let displaced { self.proofChanged([peer, displaced]) }
        if !peer.isProven { self.proofChanged(peer.host.prove(ports: self.provenPorts(of: peer.host.address))) }
    }

    /// The proof of these ports may have come or gone. They may be of other listeners.
    func proofChanged(_ peers: [UDPPeer]) {
        for peer in peers {
            if peer.listener === self {
                self.lookAtProof(of: peer)
            } else {
                peer.listener.shard.pipe.post { peer.listener.lookAtProof(of: peer) }
            }
        }
    }

    /// Puts in force whether a connection is proven now.
    func lookAtProof(of peer: UDPPeer) {
        guard let connection = self.table[peer.address], connection.udpPeer === peer else { return }
        let isProven = self.proof == .none || peer.host.isProven(peer)
        guard isProven != peer.isProven else { return }
        peer.isProven = isProven
        connection.joinsBroadcasts = isProven
        self.origin.registry.admission.proofChanged(peer.host.address, isProven: isProven)
        if let slot = peer.unprovenSlot {
            _ = self.unproven.remove(slot)
            peer.unprovenSlot = nil
        } else {
            peer.unprovenSlot = self.unproven.insert(peer) { $0.lastHeardNumber > peer.lastHeardNumber }
            self.endUnproven(of: peer.host)
            self.endUnproven()
        }
    }

    /// Ends the unproven connection of an address that was heard least recently, where one is too many for the address.
    private func endUnproven(of host: UDPHost) {
        guard self.origin.registry.admission.look({ $0.unprovenExcess(of: host.address) }) > 0,
            let peer = host.oldestUnproven
        else { return }
        let listener = peer.listener
        guard listener === self else { return listener.shard.pipe.post { listener.endUnproven(of: host) } }
        if let connection = self.table[peer.address] { self.end(connection, .unprovenLimit) }
    }

    /// Ends the unproven connections that are above the limit of all addresses, those heard least recently. A part at a time:
    /// thousands in one turn would let the others wait.
    private func endUnproven() {
        guard !self.isPausingUnproven else { return }
        let excess = self.origin.registry.admission.look { $0.unprovenExcess }
        for _ in 0..<min(excess, Shard.sweepClosesMax) {
            guard let peer = self.unproven.oldestElement, let connection = self.table[peer.address] else { return }
            self.end(connection, .unprovenLimit)
        }
        guard excess > Shard.sweepClosesMax else { return }
        self.isPausingUnproven = true
        self.shard.pipe.post(after: Shard.sweepPause) {
            self.isPausingUnproven = false
            self.endUnproven()
        }
    }
}

extension UDPPeer {
    /// How its place is counted.
    var standing: AdmissionBook.Standing { self.isProven ? .proven(displacesAnother: false) : .unproven }
}
