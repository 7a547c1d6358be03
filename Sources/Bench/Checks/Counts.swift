/// Counts of a whole run, including its warm-up.
struct Counts: Sendable, Equatable {
    /// Sent datagrams.
    var published = 0
    /// Expected deliveries that arrived; each counts once.
    var delivered = 0
    /// Delivered datagrams that arrived after a later one of the same publisher.
    var disordered = 0
    var duplicates = 0
    /// Datagrams of this run at connections that should not receive them.
    var strays = 0
    /// Datagrams that are not of this run, or whose bytes were changed.
    var foreign = 0
    /// Connections that were closed during the run.
    var connectionsLost = 0
}
