/// Who has most waiting, for when all together have too much: those make room for others that have less. Looked for once
/// in a turn, however often room is needed.
struct LargestHolders {
    /// What has most comes last; nil while nobody has looked.
    private var connections: [Connection]?

    /// The next connection that is to make room, each of them once.
    ///
    /// - Parameters:
    ///   - byteCount: only of those for which more waits.
    ///   - table: where to look.
    mutating func next(over byteCount: Int, in table: ConnectionTable) -> Connection? {
        if self.connections == nil {
            self.connections = table.connections.lazy
                .filter { $0.isOpen && !$0.pending.isEmpty }
                .map { (connection: $0, byteCount: $0.pending.byteCount) }
                .sorted { $0.byteCount < $1.byteCount }
                .map(\.connection)
        }
        while let largest = self.connections?.last {
            // It may have ended, or lost what waited for it, since.
            let hasSomething = largest.isOpen && !largest.pending.isEmpty
            if hasSomething, largest.pending.byteCount <= byteCount { return nil }
            self.connections?.removeLast()
            if hasSomething { return largest }
        }
        return nil
    }

    /// A turn is over.
    mutating func forget() {
        self.connections = nil
    }
}
