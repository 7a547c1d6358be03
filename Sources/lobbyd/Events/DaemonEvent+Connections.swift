import Engine

extension DaemonEvent {
    static let connections: [DaemonEvent] = [
        .connectionOpened, .connectionClosed, .connectionRefused, .datagramsLost,
    ]

    static let connectionOpened = DaemonEvent(
        "connection.opened",
        id: "ca9d9bd8646e4c7a9124404edc572f1f",
        .debug,
        fields: ["connection_id", "peer_address", "peer_port", "listener"],
        meaning: "A connection has opened.",
        subject: "Connection @CONNECTION_ID@ has opened",
        body: """
            The client is @PEER_ADDRESS@ port @PEER_PORT@, on listener @LISTENER@.

            `journalctl CONNECTION_ID=@CONNECTION_ID@` shows every line about this connection.
            """
    )

    static let connectionClosed = DaemonEvent(
        "connection.closed",
        id: "f6463dc561d74a85b52bccc830beb6c8",
        .debug,
        otherLevels: [ConditionalLevel(level: .notice, condition: "where the client broke a rule")],
        fields: [
            "connection_id", "peer_address", "peer_port", "listener", "close_reason", "limit", "reason", "bytes_in",
            "bytes_out", "datagrams_in", "datagrams_out", "datagrams_unsent", "duration_usec", "suppressed",
        ],
        meaning: """
            A connection has closed. `close_reason` is the cause, and `limit` names the setting that the client exceeded. \
            `reason` is the operator's text of a `lobbyctl kick`.
            """,
        subject: "Connection @CONNECTION_ID@ has closed: @CLOSE_REASON@",
        body: """
            The client was @PEER_ADDRESS@ port @PEER_PORT@, on listener @LISTENER@. It sent @DATAGRAMS_IN@ datagrams and \
            received @DATAGRAMS_OUT@. The field LIMIT names the setting that it exceeded, if any.

            \(CloseReason.allCases.map { "- \($0.rawValue): \($0.meaning)" }.joined(separator: "\n"))
            """
    )

    static let connectionRefused = DaemonEvent(
        "connection.refused",
        id: "46e287c4824c4ea792bdea758feac4a2",
        .warning,
        otherLevels: [ConditionalLevel(level: .debug, condition: "where the client left by itself (`clientGone`)")],
        fields: ["listener", "reason", "peer_address", "peer_port", "suppressed"],
        meaning: "lobbyd refused a client before it had a connection. `reason` is the cause.",
        subject: "lobbyd refused a client: @REASON@",
        body: """
            The client came to listener @LISTENER@.

            \(RefusalReason.allCases.map { "- \($0.rawValue): \($0.meaning)" }.joined(separator: "\n"))
            """
    )

    static let datagramsLost = DaemonEvent(
        "datagrams.lost",
        id: "c9b3e87d976f4d558ae24f7c4f61366b",
        .notice,
        fields: ["reason", "datagrams"],
        meaning: """
            `datagrams` datagrams were lost, because of a limit or a fault of UDP. Their connections stay open. \
            `reason` is a setting such as `bytes_per_second`, or a counter such as `udp_runts`. lobbyd logs the first \
            loss within a second, and further losses for the same reason at most every 10 seconds.
            """,
        subject: "@DATAGRAMS@ datagrams were lost: @REASON@",
        body: """
            The losses closed no connection. While they continue, a line every 10 seconds counts the datagrams lost since the \
            last line.

            - datagrams_per_second, bytes_per_second, broadcast_bytes_per_second: clients send more over UDP than these \
            settings allow.
            - pending_bytes, pending_datagrams, pending_bytes_total: with `slow_consumer = "drop"`, slow clients did not get \
            these datagrams.
            \(CounterGroup.udpLosses.counters.map { "- \($0.name): \($0.meaning)" }.joined(separator: "\n"))

            `lobbyctl stats` has the counts since the start. `lobbyctl top` shows the clients that send most.
            """
    )
}
