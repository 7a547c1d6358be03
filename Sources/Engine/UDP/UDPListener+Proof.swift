/// The proof that a UDP port needs before the engine trusts the source address of its datagrams.
///
/// Source addresses can be spoofed, and every answer hits the owner of the address. The unproven ports of an address
/// together get no more than came from them, and they take no part in broadcasts.
public enum UDPProof: String, Sendable, CaseIterable {
    /// A TCP connection from the same IP address to this program is open. Its handshake cannot be spoofed. Each
    /// connection proves `Limits.udpPortsPerConnection` ports of its address: the most recently heard ones.
    case tcp
    /// No proof is needed. Only for networks in which addresses cannot be spoofed.
    case none
}

/// The proof of a listener's ports, and the limits on unproven connections.
extension UDPListener {
    /// The number of ports of an address that its TCP connections prove.
    func provenPorts(of address: IPAddress) -> Int {
        self.origin.roster.streamHosts.count(of: address) * self.shard.limits.udpPortsPerConnection
    }

    /// Makes the port of a connection the most recently heard one, after a datagram from it. This may end the
    /// connection.
    func heard(_ peer: UDPPeer) {
        self.number(peer)
        // If all ports are proven anyway, their order matters only after the proof changes.
        if self.proof == .none, peer.isProven { return }
        let displaced = peer.host.heard(peer)
        if let slot = peer.unprovenSlot { _ = self.unproven.use(slot) }
        if let displaced { self.proofChanged([peer, displaced]) }
        if !peer.isProven { self.proofChanged(peer.host.prove(ports: self.provenPorts(of: peer.host.address))) }
    }

    /// Puts the ports of all connections into the order in which they were last heard.
    func sortPorts() {
        for peer in self.table.peers.values.sorted(by: { $0.lastHeardNumber < $1.lastHeardNumber }) {
            if let displaced = peer.host.heard(peer) { self.proofChanged([displaced]) }
        }
    }

    /// Updates ports whose proof may have changed. The ports may belong to other listeners.
    func proofChanged(_ peers: [UDPPeer]) {
        guard !peers.isEmpty else { return }
        for peers in Dictionary(grouping: peers, by: { ObjectIdentifier($0.listener) }).values {
            let listener = peers[0].listener
            if listener === self {
                self.lookAtProof(of: peers)
            } else {
                listener.shard.loop.post { listener.lookAtProof(of: peers) }
            }
        }
    }

    /// Applies the current proof to connections of this listener. This may end other connections.
    private func lookAtProof(of peers: [UDPPeer]) {
        // Begin with the least recently heard peer. The search for a peer's position starts at the most recently heard
        // peer, so it does not pass the peers of earlier iterations.
        for peer in peers.sorted(by: { $0.lastHeardNumber < $1.lastHeardNumber }) { self.lookAtProof(of: peer) }
        self.endUnproven()
    }

    private func lookAtProof(of peer: UDPPeer) {
        guard let connection = peer.connection else { return }
        let isProven = self.proof == .none || peer.host.isProven(peer)
        guard isProven != peer.isProven else { return }
        peer.isProven = isProven
        connection.joinsBroadcasts = isProven
        self.origin.roster.admission.proofChanged(peer.host.address, isProven: isProven)
        if let slot = peer.unprovenSlot {
            _ = self.unproven.remove(slot)
            peer.unprovenSlot = nil
        } else {
            peer.unprovenSlot = self.unproven.insert(peer) { $0.lastHeardNumber > peer.lastHeardNumber }
            self.demotions.add(peer.host, 1)
        }
    }

    /// Ends the unproven connections above the limits, after some connections have lost their proof. It ends only part
    /// of them in each turn, since thousands of ends would delay other connections.
    private func endUnproven() {
        guard !self.isPausingUnproven else { return }
        var endsMax = Shard.sweepClosesMax
        while endsMax > 0, let host = self.demotions.host { self.endUnproven(of: host, &endsMax) }
        let admission = self.origin.roster.admission
        while endsMax > 0, self.demotions.count > 0, admission.look({ $0.unprovenExcess }) > 0,
            let peer = self.unproven.oldestElement
        {
            self.demotions.used()
            self.endUnproven(peer, &endsMax)
        }
        guard endsMax == 0 else {
            self.demotions = UDPDemotions()
            return
        }
        self.isPausingUnproven = true
        self.shard.loop.schedule(after: Shard.sweepPause) {
            self.isPausingUnproven = false
            self.endUnproven()
        }
    }

    /// Ends the unproven connections of an address above its limit, the least recently heard ones first.
    private func endUnproven(of host: UDPHost, _ endsMax: inout Int) {
        while endsMax > 0, self.demotions.count(of: host) > 0,
            self.origin.roster.admission.look({ $0.unprovenExcess(of: host.address) }) > 0,
            let peer = host.oldestUnproven
        {
            let listener = peer.listener
            guard listener === self else {
                let count = self.demotions.take(host)
                listener.shard.loop.post {
                    listener.demotions.add(host, count)
                    listener.endUnproven()
                }
                return
            }
            self.demotions.used(host)
            self.endUnproven(peer, &endsMax)
        }
        if endsMax > 0 { self.demotions.settle(host) }
    }

    private func endUnproven(_ peer: UDPPeer, _ endsMax: inout Int) {
        guard peer.connection != nil else { return }
        endsMax -= 1
        self.end(peer, .unprovenLimit)
    }
}

extension UDPPeer {
    /// The standing under which the peer's slot is counted.
    var standing: AdmissionBook.Standing { self.isProven ? .proven(displacesAnother: false) : .unproven }
}
