/// How far a connection is on its way to its end. It only ever moves down this list.
enum ConnectionState: Equatable {
    case open
    /// This program is ending: what waits is still sent, what comes is ignored.
    case finishing
    /// All was sent and our side is shut; what comes is read and ignored until the peer ends too. Closing at once would
    /// make the kernel answer with a reset, and a reset may cost the peer what it has not read yet.
    case lingering(since: Instant)
    /// This program closed this one: what waits is still sent, what comes is ignored.
    case leaving
    /// It neither sends nor receives, and is closed with the current turn.
    case closing(CloseReason)

    var isOpen: Bool { self == .open }

    /// Why this side ends the connection; nil while it does not.
    var closeReason: CloseReason? {
        switch self {
        case .open: nil
        case .finishing, .lingering: .shutdown
        case .leaving: .closedHere
        case .closing(let reason): reason
        }
    }

    /// Whether it has been lingering for `time` or longer.
    func hasLingered(for time: Duration, at now: Instant) -> Bool {
        if case .lingering(let since) = self { now - since >= time } else { false }
    }
}
