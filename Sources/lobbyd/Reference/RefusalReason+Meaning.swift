import Engine
import Logging

extension RefusalReason {
    /// The cause, for operators: a sentence or two in Markdown.
    var meaning: String {
        switch self {
        case .connectionLimit: "Over UDP, where a client cannot wait, all slots under `connections` were taken."
        case .accessDenied: "`[access]` does not admit the client's address."
        case .addressLimit:
            "The client's address already had `connections_per_address` connections. Players behind one router share an address."
        case .addressRate: "The client's address opened more than `accepts_per_second_per_address`."
        case .unprovenLimit:
            """
            Over UDP, all slots under `udp_unproven_connections` were taken by unproven ports. Their addresses may be spoofed.
            """
        case .clientGone:
            """
            The client reset its connection before lobbyd accepted it. Without a limit per address, such a connection opens, \
            and closes with `peerReset`.
            """
        case .openingLimit:
            """
            Too many clients were in their opening, which is a step between accept and connection, and this client was the \
            oldest. No listener of lobbyd has an opening, so this does not occur.
            """
        case .openingTimeout:
            "The client's opening took too long. No listener of lobbyd has an opening, so this does not occur."
        case .openingFailed:
            """
            The client sent data that its opening does not allow. No listener of lobbyd has an opening, so this does \
            not occur.
            """
        }
    }

    /// The level of `connection.refused`: a client that left by itself needs no warning.
    var logLevel: Logger.Level { self == .clientGone ? .debug : .warning }
}
