import CLinux
import Glibc

/// Why a connection ended: a closed set, one reason for each connection.
public enum CloseReason: String, Sendable, CaseIterable {
    /// The peer closed its side; what it had sent was used.
    case peerClosed
    /// The peer, or the network on its behalf, cut the connection.
    case peerReset
    /// The peer does not answer any more, as when its cable was pulled, or the network says that there is no way to it.
    case peerVanished
    /// A header said more than `Limits.datagramBytes`.
    case oversizedDatagram
    /// A rate held up what it had sent for longer than `Limits.throttleAge`, or one of its datagrams was too much for a rate
    /// at any time.
    case rateLimited
    /// What waited for the peer passed one of the pending limits.
    case slowConsumer
    /// All connections held more of unfinished and waiting datagrams than `Limits.unfinishedBytesTotal`, this one most of it.
    case slowSender
    /// A datagram took longer than `Limits.frameTimeout` to come.
    case frameTimeout
    /// Nothing came from it for too long.
    case idleTimeout
    /// `Limits.access` does not let its address in any more.
    case accessDenied
    /// Over UDP: its port is not proven any more, and `Limits.unprovenUDPConnections` were there already.
    case unprovenLimit
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
        case .oversizedDatagram, .rateLimited, .slowConsumer, .slowSender, .frameTimeout: true
        case .peerClosed, .peerReset, .peerVanished, .idleTimeout, .accessDenied, .unprovenLimit: false
        case .closedHere, .kicked, .shutdown, .ioError: false
        }
    }
}

extension CloseReason {
    /// What an error number of the socket says about the end of a connection.
    init(errorCode: CInt) {
        switch errorCode {
        case ECONNRESET, EPIPE: self = .peerReset
        case ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ENETDOWN: self = .peerVanished
        default: self = .ioError
        }
    }
}

extension ConnectionLimit {
    /// Why a connection ends that has passed it.
    public var closeReason: CloseReason {
        switch self {
        case .datagramBytes: .oversizedDatagram
        case .datagramsPerSecond, .bytesPerSecond, .broadcastBytesPerSecond, .throttleAge: .rateLimited
        case .pendingBytes, .pendingDatagrams, .pendingAge, .pendingBytesTotal: .slowConsumer
        case .unfinishedBytesTotal: .slowSender
        case .frameTimeout: .frameTimeout
        case .idleTimeout: .idleTimeout
        }
    }
}
