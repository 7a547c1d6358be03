extension Shard {
    /// Ends the connection that holds most of unfinished datagrams, where all together hold too much: one that holds little does
    /// not pay for another. It frees at least what was just added, so that one is enough.
    func boundUnfinished() {
        guard self.unfinishedTotal.room < 0 else { return }
        let holders = self.table.connections.lazy.filter(\.isOpen).compactMap(\.handler)
        guard let largest = holders.max(by: { $0.unfinishedBytes < $1.unfinishedBytes }),
            let connection = largest.connection, largest.unfinishedBytes > 0
        else { return }
        self.close(connection, passing: .unfinishedBytesTotal)
        // Its memory goes with its channel, shortly.
        largest.countUnfinished(0)
    }
}
