extension Shard {
    /// What all its connections have moved, those that have ended included. On the event loop.
    ///
    /// The sum is that of the connections that are there now and of those that have ended before. So each connection is counted
    /// once, also one that ends or opens while the walk goes on; its traffic is that of the moment in which it is visited.
    func countInSteps() -> Answer<ConnectionCounts> {
        self.reduce(into: self.countsWithoutConnections) { counts, connection in
            counts.traffic += connection.traffic
            counts.listeners.count(connection, isOpen: true)
            counts.pendingBytes += connection.pending.byteCount
        }
    }

    /// What its connections and UDP sockets have lost so far.
    var losses: DatagramLosses {
        var losses = DatagramLosses()
        losses.limits = self.datagramsLost
        losses.udp = self.udpCounts
        return losses
    }
}
