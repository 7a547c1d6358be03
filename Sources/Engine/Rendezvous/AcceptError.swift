import Glibc

/// Decides about an error of accept(2) by its number.
enum AcceptError: Equatable {
    /// That one client is gone; the next may be accepted at once.
    case clientGone
    /// Descriptors or memory have run out; accepting again at once would only spin.
    case exhausted
    /// NIO closes the rendezvous socket.
    case fatal

    init(code: CInt) {
        switch code {
        case ECONNABORTED: self = .clientGone
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: self = .exhausted
        default: self = .fatal
        }
    }
}
