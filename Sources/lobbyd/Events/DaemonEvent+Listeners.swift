extension DaemonEvent {
    static let listeners: [DaemonEvent] = [
        .listenerBound, .listenerBacklog, .listenerReceiveBuffer, .listenerFailed, .listenerExhausted, .listenerLost,
        .listenerReopened,
    ]

    static let listenerBound = DaemonEvent(
        "listener.bound",
        id: "89583b78efde404495031f442e95d5b3",
        .notice,
        fields: [
            "listener", "transport", "address", "port", "backlog", "header_size", "receive_buffer", "ipv6_only",
            "inherited",
        ],
        meaning: """
            A port is open. `backlog` and `header_size` are for TCP, `receive_buffer` for UDP. `inherited=true` marks a port \
            that systemd opened, `ipv6_only=true` a port for IPv6 alone.
            """,
        subject: "Port @PORT@ is open: listener @LISTENER@",
        body: """
            Clients can connect to listener @LISTENER@ over @TRANSPORT@, at address @ADDRESS@ and port @PORT@.

            `ipv6_only=true` in the line marks a port for IPv6 alone: see `ipv6_only` in lobbyd.toml(5).

            `inherited=true` in the line marks a port that a socket unit opened. Address, port and kind of socket come from \
            that unit, and lobbyd ignores the configuration's address and port for this listener.
            """
    )

    static let listenerBacklog = DaemonEvent(
        "listener.backlog",
        id: "8f502da5c01545a9862338b7b87e6bba",
        .warning,
        fields: ["listener", "backlog", "requested"],
        meaning: """
            The kernel keeps a shorter `backlog` than `requested`, because `net.core.somaxconn` limits it. Raise the sysctl, \
            or lower `backlog`.
            """,
        subject: "The kernel limits the backlog of listener @LISTENER@ to @BACKLOG@",
        body: """
            The configuration asks for a `backlog` of @REQUESTED@ on listener @LISTENER@. The kernel keeps at most \
            @BACKLOG@ connections that wait for lobbyd to accept them. If more clients connect at once, they wait for \
            a second or longer.

            Raise the limit with `sysctl net.core.somaxconn=@REQUESTED@` and in /etc/sysctl.d, and restart lobbyd. Or lower \
            `backlog`.
            """
    )

    static let listenerReceiveBuffer = DaemonEvent(
        "listener.receive_buffer",
        id: "3f23a2a6814b4b13adefe3c4aa7e4456",
        .warning,
        fields: ["listener", "receive_buffer", "requested"],
        meaning: """
            The kernel grants a UDP listener a smaller `receive_buffer` than `requested`, because `net.core.rmem_max` limits \
            it. Raise the sysctl, or lower `receive_buffer`.
            """,
        subject: "Listener @LISTENER@ has a receive buffer of only @RECEIVE_BUFFER@ bytes",
        manual: "lobbyd.toml(5)",
        body: """
            The configuration asks for @REQUESTED@ bytes. The kernel grants at most net.core.rmem_max to a process without \
            CAP_NET_ADMIN. The listener works, but the kernel drops datagrams that do not fit (`udp_kernel_drops` in \
            `lobbyctl stats`).

            Raise the limit with `sysctl -w net.core.rmem_max=@REQUESTED@` and in /etc/sysctl.d, and restart lobbyd. Or lower \
            `receive_buffer`.
            """
    )

    static let listenerFailed = DaemonEvent(
        "listener.failed",
        id: "3019d77aca8145f59af97dd4cbafec4b",
        .critical,
        fields: ["listener", "address", "port", "reason"],
        meaning: "lobbyd could not open a port, for example because it is taken. lobbyd exits with 71.",
        subject: "lobbyd could not open listener @LISTENER@",
        body: """
            The system refused address @ADDRESS@ port @PORT@: @REASON@. lobbyd exits with 71.

            - `Address already in use`: another program has the port; `ss -lntup` shows which.
            - `Permission denied`: ports below 1024 are for root. Let a socket unit open the port, or choose a higher \
            one.
            - `Cannot assign requested address`: the machine does not have this address, or does not have it yet.
            """
    )

    static let listenerExhausted = DaemonEvent(
        "listener.exhausted",
        id: "ed86fbae862c4b32b32d83d5ec5b805d",
        .warning,
        fields: ["listener", "reason", "suppressed"],
        meaning: """
            The system is out of file descriptors or memory for new connections. Clients wait in the backlog. Raise \
            `LimitNOFILE=` of the unit, or lower `connections`.
            """,
        subject: "Listener @LISTENER@ cannot accept clients for now",
        body: """
            The system is out of file descriptors or memory for new connections: @REASON@. Clients wait in the backlog until \
            lobbyd can accept them. Open connections are not affected.

            - `Too many open files`: raise `LimitNOFILE=` of the unit above `connections` in `[limits]` (`systemctl edit \
            lobbyd`), or lower `connections`.
            - `Cannot allocate memory`: the machine is out of memory.
            """
    )

    static let listenerLost = DaemonEvent(
        "listener.lost",
        id: "06b41120bbe344b49fdd6f090e698932",
        .error,
        fields: ["listener", "reason", "suppressed"],
        meaning: """
            The system has closed a listener's socket. lobbyd opens it again within a second and logs `listener.reopened`. \
            Open connections stay.
            """,
        subject: "Listener @LISTENER@ has lost its socket",
        body: """
            The system has closed the socket of listener @LISTENER@: @REASON@.

            lobbyd opens the socket again within a second, and `listener.reopened` follows. Open connections stay, and you \
            need to do nothing. If \
            `listener.reopened` does not follow, another program may have taken the port: `ss -lntup` shows which.
            """
    )

    static let listenerReopened = DaemonEvent(
        "listener.reopened",
        id: "022c7006811c4e4f969cb63987dc9b83",
        .notice,
        fields: ["listener", "suppressed"],
        meaning: "A listener that lost its socket is open again.",
        subject: "Listener @LISTENER@ is open again",
        body: """
            Open connections have stayed. Over TCP, clients that connected meanwhile have waited. Over UDP, the datagrams of \
            that time are lost.

            If this event repeats, the field REASON of `listener.lost` gives the cause.
            """
    )
}
