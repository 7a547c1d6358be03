/// The connections of one event loop: the manual's `activeConnections`.
///
/// The array is dense, so a fan-out walks memory in order. A removal moves the last connection into the gap.
struct ConnectionTable {
    private(set) var connections: ContiguousArray<Connection> = []
    private var byID: [ConnectionID: Connection] = [:]

    var count: Int { self.connections.count }

    var isEmpty: Bool { self.connections.isEmpty }

    subscript(id: ConnectionID) -> Connection? { self.byID[id] }

    mutating func add(_ connection: Connection) {
        precondition(connection.tableIndex < 0, "the connection is already in the table")
        connection.tableIndex = Int32(self.connections.count)
        self.connections.append(connection)
        self.byID[connection.id] = connection
    }

    /// - Returns: false if it was not in the table.
    @discardableResult
    mutating func remove(_ connection: Connection) -> Bool {
        guard self.byID.removeValue(forKey: connection.id) != nil else { return false }
        let last = self.connections.removeLast()
        if last !== connection {
            self.connections[Int(connection.tableIndex)] = last
            last.tableIndex = connection.tableIndex
        }
        connection.tableIndex = -1
        return true
    }
}
