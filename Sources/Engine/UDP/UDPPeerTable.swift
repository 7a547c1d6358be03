/// The peers of one UDP listener, by the address and port that each is known by. Event loop only.
struct UDPPeerTable {
    private struct Entry {
        let host: UDPHost
        var peerCount: Int
    }

    private(set) var peers: [SocketAddress: UDPPeer] = [:]
    /// Addresses without their ports, as long as they have a peer.
    private var entries: [IPAddress: Entry] = [:]

    var isEmpty: Bool { self.peers.isEmpty }

    var hosts: [UDPHost] { self.entries.values.map(\.host) }

    subscript(source: SocketAddress) -> UDPPeer? { self.peers[source] }

    func contains(_ peer: UDPPeer) -> Bool { self.peers[peer.address] === peer }

    /// Adds a peer whose address is not in the table.
    mutating func add(_ peer: UDPPeer) {
        precondition(self.peers.updateValue(peer, forKey: peer.address) == nil, "an address with two connections")
        self.entries[peer.host.address, default: Entry(host: peer.host, peerCount: 0)].peerCount += 1
    }

    /// - Returns: false when it was not there; its address may be another peer's by now.
    mutating func remove(_ peer: UDPPeer) -> Bool {
        guard self.contains(peer) else { return false }
        self.peers[peer.address] = nil
        guard let count = self.entries[peer.host.address]?.peerCount else {
            preconditionFailure("a peer in the table without its address")
        }
        if count > 1 {
            self.entries[peer.host.address]?.peerCount = count - 1
        } else {
            self.entries[peer.host.address] = nil
        }
        return true
    }
}
