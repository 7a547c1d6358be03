import NIOCore

/// The connections of one UDP listener, by the address and port that each is known by. Event loop only.
struct UDPPeerTable {
    private struct Entry {
        let host: UDPHost
        var connections: Int
    }

    private(set) var connections: [SocketAddress: Connection] = [:]
    /// Addresses without their ports, as long as they have a connection.
    private var entries: [IPAddress: Entry] = [:]

    var isEmpty: Bool { self.connections.isEmpty }

    var hosts: [UDPHost] { self.entries.values.map(\.host) }

    subscript(source: SocketAddress) -> Connection? { self.connections[source] }

    /// Adds a connection whose address is not in the table.
    mutating func add(_ connection: Connection, _ peer: UDPPeer) {
        precondition(
            self.connections.updateValue(connection, forKey: peer.address) == nil,
            "an address with two connections"
        )
        self.entries[peer.host.address, default: Entry(host: peer.host, connections: 0)].connections += 1
    }

    /// - Returns: false when it was not there; its address may be another connection's by now.
    mutating func remove(_ connection: Connection, _ peer: UDPPeer) -> Bool {
        guard self.connections[peer.address] === connection else { return false }
        self.connections[peer.address] = nil
        guard let count = self.entries[peer.host.address]?.connections else {
            preconditionFailure("a connection in the table without its address")
        }
        if count > 1 {
            self.entries[peer.host.address]?.connections = count - 1
        } else {
            self.entries[peer.host.address] = nil
        }
        return true
    }
}
