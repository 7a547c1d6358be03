/// Why a connection ended: a closed set, one reason for each connection.
public enum CloseReason: String, Sendable, CaseIterable {
    /// The peer closed its side; what it had sent was used.
    case peerClosed
    /// The peer, or the network on its behalf, cut the connection.
    case peerReset
    /// A header said more than `Limits.datagramBytes`.
    case oversizedDatagram
    /// What waited for the peer passed `Limits.pendingBytes`.
    case slowConsumer
    /// Nothing came from it for too long.
    case idleTimeout
    /// This program closed it.
    case closedHere
    /// An operator closed it.
    case kicked
    /// This program is ending.
    case shutdown
    /// The operating system reported an error that is none of the above.
    case ioError

    /// Whether the peer did what it must not, so that an operator will want to know.
    public var isPeersFault: Bool {
        switch self {
        case .oversizedDatagram, .slowConsumer: true
        case .peerClosed, .peerReset, .idleTimeout, .closedHere, .kicked, .shutdown, .ioError: false
        }
    }
}

/// Why an accepted socket was closed, or a UDP datagram ignored, before it became a connection.
public enum RefusalReason: String, Sendable, CaseIterable {
    /// `Limits.connections` were there already.
    case connectionLimit
}
