/// Connections that hold input which goes on in a later turn of their event loop, each of them once, in turn. Event loop only.
struct HeldInputQueue {
    /// Connections that go on in one turn; the sockets of the others come in between.
    static let connectionsPerPass = 8

    private var round: ArraySlice<Connection> = []
    private var nextRound: [Connection] = []
    /// Whether a turn is on its way.
    var isPosted = false

    var isEmpty: Bool { self.round.isEmpty && self.nextRound.isEmpty }

    mutating func append(_ connection: Connection) {
        self.nextRound.append(connection)
    }

    /// The connections of one turn.
    mutating func takeFirst() -> [Connection] {
        if self.round.isEmpty {
            self.round = self.nextRound[...]
            self.nextRound = []
        }
        let taken = self.round.prefix(Self.connectionsPerPass)
        self.round = self.round.dropFirst(taken.count)
        return Array(taken)
    }
}
