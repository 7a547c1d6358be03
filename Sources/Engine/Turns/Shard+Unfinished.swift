extension Shard {
    /// Notes a change in the number of unfinished bytes that a connection holds.
    ///
    /// These are the bytes of incomplete datagrams and of datagrams that wait for the service.
    func unfinishedChanged(by byteCount: Int) {
        self.unfinishedTotal.add(byteCount)
        self.unfinishedBytes.wrappingAdd(byteCount, ordering: .relaxed)
        guard byteCount > 0, self.unfinishedTotal.room < 0 else { return }
        // The largest holder may be on another event loop. A connection that holds little must not be closed in its
        // place.
        if let fullest = self.fullest { return fullest.askToEndLargestUnfinished() }
        self.endLargestUnfinished()
    }

    /// Asks this shard to close its largest holders. Several requests in one turn have the effect of one. Any thread.
    private func askToEndLargestUnfinished() {
        guard !self.isAskedForUnfinished.exchange(true, ordering: .acquiringAndReleasing) else { return }
        self.loop.post {
            self.isAskedForUnfinished.store(false, ordering: .releasing)
            self.endLargestUnfinished()
        }
    }

    /// The other shard that holds the most unfinished bytes; nil if this shard holds at least as many.
    private var fullest: Shard? {
        let held = { (shard: Shard) in shard.unfinishedBytes.load(ordering: .relaxed) }
        let other = self.others.max { held($0) < held($1) }
        return other.flatMap { held($0) > held(self) ? $0 : nil }
    }

    /// Closes the connections that hold the most unfinished bytes, until the total is within the limit.
    private func endLargestUnfinished() {
        guard self.unfinishedTotal.room < 0 else { return }
        let holders = self.table.connections.filter(\.isOpen).compactMap(\.source).filter { $0.unfinishedBytes > 0 }
        let largest = holders.sorted { $0.unfinishedBytes > $1.unfinishedBytes }
        for holder in largest.prefix(Self.sweepClosesMax) where self.unfinishedTotal.room < 0 {
            guard holder.connection.isOpen else { continue }
            self.close(holder.connection, passing: .unfinishedBytesTotal)
            // Counted as freed now: its memory is freed at the end of the turn.
            holder.countUnfinished(0)
        }
        if self.unfinishedTotal.room < 0, largest.count > Self.sweepClosesMax { self.askToEndLargestUnfinished() }
    }
}
