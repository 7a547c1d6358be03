/// The stages of a connection's life. A connection never returns to an earlier case of this list.
enum ConnectionState: Equatable {
    case open
    /// This program is shutting down: queued data is still sent, received data is ignored.
    case finishing
    /// All data was sent and our side is shut. Received data is ignored until the peer closes too.
    ///
    /// Closing at once would make the kernel answer further data with a reset. A reset may discard data that the peer
    /// has not read yet.
    case lingering(since: Instant)
    /// This program closed this connection: queued data is still sent, received data is ignored.
    case leaving
    /// The connection neither sends nor receives. It is closed at the end of the current turn.
    case closing(CloseReason)

    var isOpen: Bool { self == .open }

    /// The reason why this side closes the connection; nil while it is open.
    var closeReason: CloseReason? {
        switch self {
        case .open: nil
        case .finishing, .lingering: .shutdown
        case .leaving: .closedHere
        case .closing(let reason): reason
        }
    }

    /// Whether it has lingered for `time` or longer.
    func hasLingered(for time: Duration, at now: Instant) -> Bool {
        if case .lingering(let since) = self { now - since >= time } else { false }
    }
}
