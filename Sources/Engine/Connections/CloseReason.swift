import CLinux
import Glibc

/// The reason why a connection was closed. Each connection has exactly one.
public enum CloseReason: String, Sendable, CaseIterable {
    /// The peer closed its side. All datagrams that it had sent were handled.
    case peerClosed
    /// The peer, or the network on its behalf, reset the connection.
    case peerReset
    /// The peer no longer responds, or the network reports that it is unreachable. For example, its cable was pulled.
    case peerVanished
    /// The length in a header exceeded `Limits.datagramBytes`.
    case oversizedDatagram
    /// A rate held back received data for longer than `Limits.throttleAge`.
    ///
    /// A single datagram that needs more than the rate ever admits has the same effect.
    case rateLimited
    /// The bytes or datagrams queued for the peer passed one of the pending limits.
    case slowConsumer
    /// Unfinished and held-back data passed `Limits.unfinishedBytesTotal`, and this connection held the most of it on
    /// its event loop.
    case slowSender
    /// A datagram took longer than `Limits.frameTimeout` to arrive.
    case frameTimeout
    /// The peer sent no data for the idle timeout: `Limits.idleTimeout` over TCP, the listener's own timeout over UDP.
    case idleTimeout
    /// `Limits.access` no longer admits the peer's address.
    case accessDenied
    /// Over UDP: ports lost their proof, a limit for unproven ports was passed, and this port was the least recently
    /// heard unproven one.
    ///
    /// The limits are `Limits.unprovenUDPConnections` and, for each address, `Limits.connectionsPerAddress`.
    case unprovenLimit
    /// This program closed it.
    case closedHere
    /// An operator closed it.
    case kicked
    /// This program is shutting down.
    case shutdown
    /// The operating system reported another error.
    case ioError

    /// Whether the peer broke a rule. lobbyd logs such closes at notice.
    public var isPeersFault: Bool {
        switch self {
        case .oversizedDatagram, .rateLimited, .slowConsumer, .slowSender, .frameTimeout: true
        case .peerClosed, .peerReset, .peerVanished, .idleTimeout, .accessDenied, .unprovenLimit: false
        case .closedHere, .kicked, .shutdown, .ioError: false
        }
    }
}

extension CloseReason {
    /// The close reason for an error number of the socket.
    init(errorCode: CInt) {
        switch errorCode {
        case ECONNRESET, EPIPE: self = .peerReset
        case ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, ENETDOWN: self = .peerVanished
        default: self = .ioError
        }
    }
}

extension ConnectionLimit {
    /// The reason for the close of a connection that has passed this limit.
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
