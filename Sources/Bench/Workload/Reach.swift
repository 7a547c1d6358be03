/// The receivers of a publisher's datagrams.
public enum Reach: String, Sendable, CaseIterable {
    /// Only the publisher.
    case echo
    /// Every connection, including the publisher's own.
    case broadcast
    /// Every connection except the publisher's own.
    case others

    /// The number of connections that receive each datagram.
    func receivers(among connections: Int) -> Int {
        switch self {
        case .echo: 1
        case .broadcast: connections
        case .others: connections - 1
        }
    }

    /// The connection whose arrivals show that a publisher's datagrams are no longer in flight.
    func witness(of publisher: Int, among connections: Int) -> Int {
        switch self {
        case .echo, .broadcast: publisher
        case .others: (publisher + 1) % connections
        }
    }
}
