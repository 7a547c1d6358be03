/// What was counted while a workload ran, its warm-up included.
struct Counts: Sendable, Equatable {
    /// Datagrams that left.
    var published = 0
    /// Datagrams that came where they should, each once.
    var delivered = 0
    /// Those among them that came after one that had followed them.
    var disordered = 0
    var duplicates = 0
    /// Datagrams of this run that came to a connection that should not have got them.
    var strays = 0
    /// Datagrams that are not of this run: somebody else's, or with other bytes than were sent.
    var foreign = 0
    /// Connections that ended before they should.
    var connectionsLost = 0
}
