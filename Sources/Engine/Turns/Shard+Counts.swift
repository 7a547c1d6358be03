extension Shard {
    /// Collects the counts of all connections of this loop, including closed ones. On the event loop.
    ///
    /// The sum starts with the connections that are already closed, and a walk adds the current ones. Each connection
    /// is counted once, even if it opens or closes during the walk. Its traffic is counted at the moment of the visit.
    func countInSteps() -> Answer<ConnectionCounts> {
        self.reduce(into: self.countsWithoutConnections) { counts, connection in
            counts.traffic += connection.traffic
            counts.listeners.count(connection, isOpen: true)
            counts.pendingBytes += connection.pending.byteCount
        }
    }

    /// The datagrams that its connections and UDP sockets have lost so far.
    var losses: DatagramLosses {
        var losses = DatagramLosses()
        losses.limits = self.datagramsLost
        losses.udp = self.udpCounts
        return losses
    }
}
