import NIOCore

/// The connections of one UDP listener, by the address and port that each is known by. Event loop only.
struct UDPPeerTable {
    private(set) var connections: [SocketAddress: Connection] = [:]
    /// Addresses without their ports, as long as they have a connection.
    private(set) var hosts: [String: UDPHost] = [:]

    var isEmpty: Bool { self.connections.isEmpty }

    subscript(source: SocketAddress) -> Connection? { self.connections[source] }

    /// The host that a connection is to be added for.
    ///
    /// - Parameter new: called when it has no connection yet.
    func host(named name: String, _ new: () -> UDPHost) -> UDPHost {
        self.hosts[name] ?? new()
    }

    /// Adds a connection whose address is not in the table.
    mutating func add(_ connection: Connection, _ peer: UDPPeer) {
        precondition(
            self.connections.updateValue(connection, forKey: peer.address) == nil,
            "an address with two connections"
        )
        peer.host.connectionCount += 1
        self.hosts[peer.host.name] = peer.host
    }

    /// - Returns: false when it was not there.
    mutating func remove(_ peer: UDPPeer) -> Bool {
        guard self.connections.removeValue(forKey: peer.address) != nil else { return false }
        peer.host.connectionCount -= 1
        if peer.host.connectionCount == 0 { self.hosts[peer.host.name] = nil }
        return true
    }
}
