/// The peers of one UDP listener, by their addresses and ports. Event loop only.
struct UDPPeerTable {
    private struct Entry {
        let host: UDPHost
        var peerCount: Int
    }

    private(set) var peers: [SocketAddress: UDPPeer] = [:]
    /// The IP addresses that have at least one peer.
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

    /// Removes a peer.
    ///
    /// - Returns: false if the peer is not in the table. Its address may belong to another peer by now.
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
