/// The held input of the connections. Each turn handles a part of it, through the loop's inbox.
extension Shard {
    /// The maximum number of parts of one read that a service handles per turn: the `partsMax` of `Service.received`.
    static let partsPerRead = 128
    /// The maximum number of held datagrams of one connection that are offered to its service in one turn.
    ///
    /// Datagrams that the service does not take are offered again in the next turn.
    static let heldDatagramsPerPass = 512

    /// Queues a connection whose input continues in a later turn.
    func queueInput(of connection: Connection) {
        guard let held = connection.source?.held, !held.isQueued else { return }
        held.isQueued = true
        self.heldInputs.append(connection)
        self.postHeldInput()
    }

    /// Posts the handling of the next held input. While another loop's inbox is full, no held input continues.
    func postHeldInput() {
        guard self.readGate.isOpen, !self.heldInputs.isEmpty, !self.heldInputs.isPosted else { return }
        self.heldInputs.isPosted = true
        self.loop.post {
            self.heldInputs.isPosted = false
            guard self.readGate.isOpen else { return }
            for connection in self.heldInputs.takeFirst() { connection.source?.continueInput() }
            self.postHeldInput()
        }
    }

    /// Discards all held input. Used when the shard takes no more datagrams.
    func dropHeldInput() {
        for connection in self.table.connections { connection.source?.dropInput() }
    }
}
