/// Input that its connections hold: it goes on through the loop's inbox, a part in each turn.
extension Shard {
    /// Parts of one read that are handed on, in the sense of `DatagramReceiver`: the rest of the read waits for the next turn.
    static let partsPerRead = 128
    /// Datagrams of held input that are looked at in one turn: those that are not taken are looked at again in the next.
    static let heldDatagramsPerPass = 512

    /// A connection's input is to go on in a later turn.
    func queueInput(of connection: Connection) {
        guard let held = connection.source?.held, !held.isQueued else { return }
        held.isQueued = true
        self.heldInputs.append(connection)
        self.postHeldInput()
    }

    /// While another loop has more from this one than it can take, nothing goes on.
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

    /// No datagrams are taken any more.
    func dropHeldInput() {
        for connection in self.table.connections { connection.source?.dropInput() }
    }
}
