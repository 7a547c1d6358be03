/// The reason why an accepted socket was closed, or a UDP datagram dropped, before it became a connection.
public enum RefusalReason: String, Sendable, CaseIterable {
    /// `Limits.connections` was reached, and the client could not wait.
    case connectionLimit
    /// `Limits.access` does not permit the address.
    case accessDenied
    /// `Limits.connectionsPerAddress` was reached for the address.
    case addressLimit
    /// The address opened connections faster than `Limits.acceptsPerSecondPerAddress`.
    case addressRate
    /// `Limits.unprovenUDPConnections` was reached.
    case unprovenLimit
    /// The client left before the accept or during its opening.
    case clientGone
    /// The opening was the oldest when `Limits.openings` was passed.
    case openingLimit
    /// The opening took longer than `Limits.openingTimeout`.
    case openingTimeout
    /// The client sent bytes that the opening does not allow.
    case openingFailed
}
