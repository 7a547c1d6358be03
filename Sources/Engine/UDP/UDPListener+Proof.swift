/// The proof that a port over UDP needs before lobbyd believes the source address of its datagrams.
///
/// Anyone can write any address into a datagram, and a datagram that is answered hits whoever has that address. Until a
/// port is proven it gets no more than came from it, and is no part of broadcasts.
public enum UDPProof: String, Sendable, CaseIterable {
    /// A TCP connection from the same IP address to this program is open: its handshake can't be made up. Each connection
    /// proves `Limits.udpPortsPerConnection` ports of its address, those that were heard most recently.
    case tcp
    /// Nothing: for networks in which nobody can make up an address.
    case none
}

/// The ports of its connections that are proven, and the limits of the others.
extension UDPListener {
    /// How many ports of an address its TCP connections prove.
    func provenPorts(of address: IPAddress) -> Int {
        self.origin.roster.streamHosts.count(of: address) * self.shard.limits.udpPortsPerConnection
    }

    /// A datagram has come from a connection: its port is the one heard most recently. That may end the connection.
    func heard(_ peer: UDPPeer) {
        self.number(peer)
        // Where each port is proven anyway, their order is of no use until that changes.
        if self.proof == .none, peer.isProven { return }
        let displaced = peer.host.heard(peer)
        if let slot = peer.unprovenSlot { _ = self.unproven.use(slot) }
        if let displaced { self.proofChanged([peer, displaced]) }
        if !peer.isProven { self.proofChanged(peer.host.prove(ports: self.provenPorts(of: peer.host.address))) }
    }

    /// Puts the ports of its connections in the order in which they were heard.
    func sortPorts() {
        for peer in self.table.peers.values.sorted(by: { $0.lastHeardNumber < $1.lastHeardNumber }) {
            if let displaced = peer.host.heard(peer) { self.proofChanged([displaced]) }
        }
    }

    /// The proof of these ports may have come or gone. They may be of other listeners.
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

    /// Puts in force which of its own connections are proven now. That may end some of the others.
    private func lookAtProof(of peers: [UDPPeer]) {
        // A peer finds its place behind those heard after it: the one heard least recently first, lest the others be in its way.
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

    /// Ends the unproven connections that are too many since some lost their proof. A part at a time: thousands in one turn
    /// would let the others wait.
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

    /// Ends the unproven connections of an address that are too many for it, those heard least recently.
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
    /// How its place is counted.
    var standing: AdmissionBook.Standing { self.isProven ? .proven(displacesAnother: false) : .unproven }
}
