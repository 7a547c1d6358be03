/// Why an accepted socket was closed, or a UDP datagram ignored, before it became a connection.
public enum RefusalReason: String, Sendable, CaseIterable {
    /// `Limits.connections` were there already, and it could not wait.
    case connectionLimit
    /// `Limits.access` does not let its address in.
    case accessDenied
    /// `Limits.connectionsPerAddress` from its address were there already.
    case addressLimit
    /// Its address opens more than `Limits.acceptsPerSecondPerAddress`.
    case addressRate
    /// `Limits.unprovenUDPConnections` were there already.
    case unprovenLimit
    /// The peer had gone before it was accepted, or left during its opening.
    case clientGone
    /// Its opening was the oldest of more than `Limits.openings`.
    case openingLimit
    /// Its opening took longer than `Limits.openingTimeout`.
    case openingTimeout
    /// It sent something that its opening does not allow.
    case openingFailed
}
