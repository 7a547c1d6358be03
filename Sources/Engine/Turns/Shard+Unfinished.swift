extension Shard {
    /// A connection holds more or less than before of datagrams that are not whole, or that wait to be handed on.
    func unfinishedChanged(by byteCount: Int) {
        self.unfinishedTotal.add(byteCount)
        self.unfinishedBytes.wrappingAdd(byteCount, ordering: .relaxed)
        guard byteCount > 0, self.unfinishedTotal.room < 0 else { return }
        // Who holds little pays for nobody, on whichever event loop that one is.
        if let fullest = self.fullest { return fullest.askToEndLargestUnfinished() }
        self.endLargestUnfinished()
    }

    /// Any thread; once a turn, however often it is asked.
    private func askToEndLargestUnfinished() {
        guard !self.isAskedForUnfinished.exchange(true, ordering: .acquiringAndReleasing) else { return }
        self.loop.post {
            self.isAskedForUnfinished.store(false, ordering: .releasing)
            self.endLargestUnfinished()
        }
    }

    /// The shard of another event loop that holds most of unfinished datagrams; nil where this one does.
    private var fullest: Shard? {
        let held = { (shard: Shard) in shard.unfinishedBytes.load(ordering: .relaxed) }
        let other = self.others.max { held($0) < held($1) }
        return other.flatMap { held($0) > held(self) ? $0 : nil }
    }

    /// Ends the connections that hold most of unfinished datagrams, as long as all together hold too much.
    private func endLargestUnfinished() {
        guard self.unfinishedTotal.room < 0 else { return }
        let holders = self.table.connections.filter(\.isOpen).compactMap(\.source).filter { $0.unfinishedBytes > 0 }
        let largest = holders.sorted { $0.unfinishedBytes > $1.unfinishedBytes }
        for holder in largest.prefix(Self.sweepClosesMax) where self.unfinishedTotal.room < 0 {
            guard holder.connection.isOpen else { continue }
            self.close(holder.connection, passing: .unfinishedBytesTotal)
            // Its memory goes with the turn.
            holder.countUnfinished(0)
        }
        if self.unfinishedTotal.room < 0, largest.count > Self.sweepClosesMax { self.askToEndLargestUnfinished() }
    }
}
