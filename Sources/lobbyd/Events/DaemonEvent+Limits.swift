extension DaemonEvent {
    static let limits: [DaemonEvent] = [.limitReached, .limitOver, .limitDescriptors, .limitUnproven]

    static let limitReached = DaemonEvent(
        "limit.reached",
        id: "0221445965d2441db8a46f1d968cfb6c",
        .warning,
        fields: ["limit", "connections"],
        meaning: """
            All slots under `connections` are taken. New TCP clients wait in the backlog, and lobbyd ignores new UDP \
            clients. Raise `connections` and `LimitNOFILE=` of the unit, or limit single addresses with \
            `connections_per_address`.
            """,
        subject: "All connection slots are taken",
        body: """
            The number of connections has reached `connections` in `[limits]`: @CONNECTIONS@. New TCP clients wait in \
            the backlog until a connection closes, and lobbyd ignores new UDP clients. `limit.over` follows when a \
            slot is free again.

            Raise `connections` together with `LimitNOFILE=` of the unit. Or find the clients that take most slots with \
            `lobbyctl list`, and limit them with `connections_per_address` or `[access]`.
            """
    )

    static let limitOver = DaemonEvent(
        "limit.over",
        id: "e10bf484b6c2444db7c0e4b332e57cc0",
        .notice,
        fields: ["limit", "duration_usec"],
        meaning: "Slots under `connections` are free again, and no client waits.",
        subject: "Connection slots are free again",
        body: """
            The number of connections is below `connections` in `[limits]` again, and no client waits. All slots were taken \
            for @DURATION_USEC@ microseconds.
            """
    )

    static let limitDescriptors = DaemonEvent(
        "limit.descriptors",
        id: "497addeedb904cc49cabac907478ba8b",
        .warning,
        fields: ["descriptors", "connections"],
        meaning: """
            The process may open fewer file descriptors than `connections` needs. Raise `LimitNOFILE=` of the unit, or lower \
            `connections`.
            """,
        subject: "The limit of file descriptors is too low for the allowed connections",
        body: """
            `connections` in `[limits]` is @CONNECTIONS@, but the process may open only @DESCRIPTORS@ file descriptors. Each \
            connection takes one, and lobbyd needs some more. When they run out, further clients wait in the backlog.

            Raise `LimitNOFILE=` of the unit (`systemctl edit lobbyd`), or lower `connections`.
            """
    )

    static let limitUnproven = DaemonEvent(
        "limit.unproven",
        id: "fff831938c9f43edaed366a820a5abee",
        .warning,
        fields: ["udp_unproven_connections", "connections"],
        meaning: """
            Spoofed UDP addresses could occupy every slot. Set `udp_unproven_connections` well below `connections`.
            """,
        subject: "Spoofed UDP addresses could occupy every connection slot",
        body: """
            Unproven UDP ports may occupy @UDP_UNPROVEN_CONNECTIONS@ of @CONNECTIONS@ slots. Anyone can spoof their \
            addresses, and so keep every other client out.

            Set `udp_unproven_connections` in `[limits]` well below `connections`.
            """
    )
}
