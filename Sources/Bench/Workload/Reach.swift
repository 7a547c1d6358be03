/// Whom the server sends a publisher's datagrams to.
public enum Reach: String, Sendable, CaseIterable {
    /// Back to the publisher, and to nobody else.
    case echo
    /// To every connection, the publisher's own included.
    case broadcast
    /// To every connection but the publisher's own.
    case others

    /// How many connections get each datagram.
    func receivers(among connections: Int) -> Int {
        switch self {
        case .echo: 1
        case .broadcast: connections
        case .others: connections - 1
        }
    }

    /// The connection whose arrivals tell that a publisher's datagrams are no longer in flight.
    func witness(of publisher: Int, among connections: Int) -> Int {
        switch self {
        case .echo, .broadcast: publisher
        case .others: (publisher + 1) % connections
        }
    }
}
