import Engine

extension ConnectionLimit {
    /// The occurrences that `exceeded_…` counts, for operators: a sentence or two in Markdown.
    var meaning: String {
        switch self {
        case .datagramBytes: "TCP connections that announced a datagram longer than `datagram_bytes`."
        case .datagramsPerSecond:
            """
            Over TCP, the times that `datagrams_per_second` began to delay a connection. Over UDP, the datagrams that it \
            dropped.
            """
        case .bytesPerSecond, .broadcastBytesPerSecond:
            """
            Over TCP, the times that `\(self.rawValue)` began to delay a connection, and the datagrams that exceed it by \
            themselves. Over UDP, the datagrams that it dropped.
            """
        case .throttleAge: "TCP connections whose data a rate delayed for longer than `throttle_age`."
        case .pendingBytes: "Times that more than `pending_bytes` would have been queued for a client."
        case .pendingDatagrams: "Times that more than `pending_datagrams` would have been queued for a client."
        case .pendingAge: "Connections for which data was queued for longer than `pending_age`."
        case .pendingBytesTotal: "Times that more than `pending_bytes_total` would have been queued for all clients."
        case .unfinishedBytesTotal:
            "Times that lobbyd stored more than `unfinished_bytes_total` bytes of unfinished datagrams."
        case .frameTimeout: "TCP connections on which a datagram took longer than `frame_timeout` to arrive."
        case .idleTimeout: "Connections without data for longer than `idle_timeout`."
        }
    }
}
