/// A queue of connections whose held input continues in a later turn. Event loop only.
///
/// Each connection is in the queue at most once. The connections continue round-robin.
struct HeldInputQueue {
    /// The maximum number of connections that continue in one turn. Between two such turns the loop reads its sockets.
    static let connectionsPerPass = 8

    private var round: ArraySlice<Connection> = []
    private var nextRound: [Connection] = []
    /// Whether the work for the next connections is already posted to the loop.
    var isPosted = false

    var isEmpty: Bool { self.round.isEmpty && self.nextRound.isEmpty }

    mutating func append(_ connection: Connection) {
        self.nextRound.append(connection)
    }

    /// Removes and returns the connections that continue next.
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
