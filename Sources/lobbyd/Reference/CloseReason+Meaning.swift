import Engine
import Logging

extension CloseReason {
    /// The cause, for operators: a sentence or two in Markdown.
    var meaning: String {
        switch self {
        case .peerClosed: "The client closed its side. lobbyd has routed all datagrams that the client sent."
        case .peerReset: "The client, or the network on its behalf, reset the connection."
        case .peerVanished:
            "The client stopped answering, for example because its cable was pulled, or no route leads to it. See `keep_alive`."
        case .oversizedDatagram:
            """
            The client announced a datagram longer than `datagram_bytes`. A client whose header size differs from the \
            listener's causes this too.
            """
        case .rateLimited:
            """
            `datagrams_per_second`, `bytes_per_second` or `broadcast_bytes_per_second` delayed the client's data for longer \
            than `throttle_age`, or one datagram exceeded a rate by itself.
            """
        case .slowConsumer:
            """
            The bytes or datagrams queued for the client passed `pending_bytes`, `pending_datagrams`, `pending_age` or \
            `pending_bytes_total`. The client does not read, or its network is too slow.
            """
        case .slowSender:
            """
            lobbyd stored more than `unfinished_bytes_total` bytes of unfinished datagrams for all connections \
            together, and this connection had the most.
            """
        case .frameTimeout: "A datagram did not arrive whole within `frame_timeout` of its first byte."
        case .idleTimeout: "No data arrived for `idle_timeout`."
        case .accessDenied: "A reload changed `[access]`, which no longer admits the client's address."
        case .unprovenLimit:
            """
            Over UDP, the client's port lost its proof, and ports that had sent a datagram more recently took the \
            slots for unproven ports. See `udp_unproven_connections` and `connections_per_address`.
            """
        case .closedHere: "lobbyd closed the connection because the UDP socket of its listener closed."
        case .kicked: "An operator closed the connection with `lobbyctl kick`."
        case .shutdown: "lobbyd stopped."
        case .ioError: "The system reported a network error that matches no other reason."
        }
    }

    /// The effect on the client: a sentence or two in Markdown.
    var clientSees: String {
        switch self {
        case .peerClosed:
            """
            It may lose echoes of its last datagrams. A client should wait for them before it closes its side.
            """
        case .peerReset: "The connection is reset."
        case .peerVanished:
            "If it returns, its connection is gone. The slot is free after at most twice `keep_alive` plus 3 seconds."
        case .oversizedDatagram:
            "The connection closes as soon as the length has arrived. Earlier datagrams are routed."
        case .rateLimited: "The connection closes, and delayed data is lost."
        case .slowConsumer: "The connection closes, and queued datagrams are lost."
        case .slowSender: "The connection closes, and its unfinished datagrams are lost."
        case .frameTimeout: "The connection closes within a second of the timeout."
        case .idleTimeout:
            "Over TCP, the connection closes within a second of the timeout. Over UDP, the next datagram opens a new one."
        case .accessDenied: "The connection closes."
        case .unprovenLimit: "The next datagram opens a new connection if a slot is free."
        case .closedHere: "The next datagram opens a new connection if the listener is open."
        case .kicked:
            "The connection closes. The client may connect again. Over UDP, its next datagram opens a new connection."
        case .shutdown: "The client receives its queued data, for at most `drain`. Then the connection closes."
        case .ioError: "The connection closes."
        }
    }

    /// The level of `connection.closed`.
    var logLevel: Logger.Level { self.isPeersFault ? .notice : .debug }
}
