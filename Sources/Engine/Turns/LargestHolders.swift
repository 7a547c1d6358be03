/// The connections with the most unsent bytes. They are closed first when `Limits.pendingBytesTotal` would be passed.
///
/// The connections are sorted at most once per turn, however often room is needed.
struct LargestHolders {
    /// Sorted by unsent bytes, the largest last; nil before the first call of the turn.
    private var connections: [Connection]?

    /// Returns the next connection to close. It returns each connection at most once.
    ///
    /// - Parameters:
    ///   - byteCount: only connections with more unsent bytes than this are returned.
    ///   - table: the connections of this event loop.
    mutating func next(over byteCount: Int, in table: ConnectionTable) -> Connection? {
        if self.connections == nil {
            self.connections = table.connections.lazy
                .filter { $0.isOpen && !$0.pending.isEmpty }
                .map { (connection: $0, byteCount: $0.pending.byteCount) }
                .sorted { $0.byteCount < $1.byteCount }
                .map(\.connection)
        }
        while let largest = self.connections?.last {
            // Since the sort, it may have been closed or its queue may have been emptied.
            let hasSomething = largest.isOpen && !largest.pending.isEmpty
            if hasSomething, largest.pending.byteCount <= byteCount { return nil }
            self.connections?.removeLast()
            if hasSomething { return largest }
        }
        return nil
    }

    /// Drops the list at the end of a turn.
    mutating func forget() {
        self.connections = nil
    }
}
