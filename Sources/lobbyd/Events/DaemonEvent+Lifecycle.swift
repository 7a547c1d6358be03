extension DaemonEvent {
    static let lifecycle: [DaemonEvent] = [
        .starting, .startExhausted, .configOwner, .socketRefused, .ready, .watchdogLate, .shutdownStarted,
        .shutdownFinished,
    ]

    static let starting = DaemonEvent(
        "starting",
        id: "12c8bacb2a5d4c8aa7df20e74d0422c7",
        .notice,
        fields: ["version", "config_file"],
        meaning: "lobbyd has read its configuration and starts.",
        subject: "lobbyd is starting",
        body: """
            lobbyd @VERSION@ has read its configuration: @CONFIG_FILE@.

            The event `ready` follows when the start is complete. If it does not follow, the lines in between give the reason.
            """
    )

    static let startExhausted = DaemonEvent(
        "start.exhausted",
        id: "61ef276dfa364edba466f449ac9f9e45",
        .critical,
        fields: ["resource", "needed", "available", "reason"],
        meaning: """
            The system has too few descriptors or threads for the configuration. `resource` is `descriptors` or `threads`. \
            lobbyd has opened no port and exits with 71. Raise `LimitNOFILE=`, `LimitNPROC=` or `TasksMax=` of the unit, or \
            lower `event_loops`.
            """,
        subject: "lobbyd cannot start: too few @RESOURCE@",
        body: """
            The configuration needs @NEEDED@ more @RESOURCE@, and the system granted @AVAILABLE@: @REASON@. lobbyd has opened no \
            port and exits with 71.

            For descriptors, raise `LimitNOFILE=` of the unit (`systemctl edit lobbyd`). For threads, raise `LimitNPROC=` or \
            `TasksMax=`. Or lower `event_loops` in `[server]`: each event loop takes one thread and five descriptors.
            """
    )

    static let configOwner = DaemonEvent(
        "config.owner",
        id: "28ed02864c9e4693b29b702e46cf22b9",
        .warning,
        fields: ["config_file", "owner_uid"],
        meaning: """
            lobbyd runs as root, and its configuration belongs to a user other than root and the user who called \
            `sudo`. Change the owner of the file to root.
            """,
        subject: "The configuration belongs to user @OWNER_UID@",
        body: """
            lobbyd runs as root. User @OWNER_UID@ can change @CONFIG_FILE@ at any time, and with it the behavior of \
            lobbyd.

            Change the owner with `chown root`, or run lobbyd as a separate user.
            """
    )

    static let socketRefused = DaemonEvent(
        "socket.refused",
        id: "2061361effc54257a4192a6f6ab9ed63",
        .critical,
        fields: ["socket", "reason"],
        meaning: """
            A socket from systemd fits no listener, or two sockets fit the same listener. Or `LISTEN_FDS` and \
            `LISTEN_FDNAMES` are invalid or contradict each other; then `socket` is `*`. lobbyd exits with 78. Correct the \
            socket unit or the configuration.
            """,
        subject: "lobbyd cannot use a socket from systemd",
        body: """
            The socket is named @SOCKET@ (`*` stands for all of them): @REASON@. lobbyd exits with 78, and systemd does not \
            restart it.

            `FileDescriptorName=` of a socket unit must be the name of a listener in the configuration. Each listener takes one \
            socket of its transport: `ListenStream=` for transport `tcp`, `ListenDatagram=` for `udp`. Correct the socket unit \
            or the configuration, or disable the socket unit.
            """
    )

    static let ready = DaemonEvent(
        "ready",
        id: "7d9553a3d18f43778595b5c2eed6a807",
        .notice,
        fields: ["version", "listeners", "event_loops"],
        meaning: "Every listener is open, and the start is complete.",
        subject: "lobbyd is ready",
        body: "Every listener is open: @LISTENERS@ in all. A line `listener.bound` before this one describes each."
    )

    static let watchdogLate = DaemonEvent(
        "watchdog.late",
        id: "31340628db5742fdbab2eb76e5410e4d",
        .warning,
        fields: ["waiting_usec"],
        meaning: """
            An event loop does not answer. After `WatchdogSec=` of the unit without an answer, systemd ends lobbyd and starts \
            it again.
            """,
        subject: "An event loop does not answer",
        body: """
            An event loop, one of the threads that serve connections, has not answered for @WAITING_USEC@ \
            microseconds. Meanwhile lobbyd sends no sign of life to systemd. After `WatchdogSec=` of the unit, systemd \
            ends lobbyd and starts it again.

            An overloaded or suspended machine is a possible cause. Otherwise this is a defect of lobbyd: please report it with \
            the trace of all threads that the watchdog's SIGABRT leaves in the journal.
            """
    )

    static let shutdownStarted = DaemonEvent(
        "shutdown.started",
        id: "b936c475c71b4e548079714f1c87543e",
        .notice,
        fields: ["connections", "signal", "admin_uid"],
        meaning: """
            lobbyd stops, because of a `signal` or because the user `admin_uid` called `lobbyctl drain`. It sends the queued \
            data of `connections` connections first.
            """,
        subject: "lobbyd is stopping",
        body: """
            A signal or `lobbyctl drain` has stopped lobbyd: the field SIGNAL or ADMIN_UID names the source. lobbyd sends \
            @CONNECTIONS@ connections their queued data, for at most `drain` of `[server]`.
            """
    )

    static let shutdownFinished = DaemonEvent(
        "shutdown.finished",
        id: "e18d6fbfbf8c434d95b2a2f4312c799f",
        .notice,
        fields: ["connections", "connections_refused", "duration_usec"],
        hasCounters: true,
        meaning: """
            lobbyd has stopped. The line has every counter of the run, the number of `connections` and of \
            `connections_refused`, and the duration of the shutdown.
            """,
        subject: "lobbyd has stopped",
        body: """
            The fields of this entry are the counters of the whole run, under the names of `lobbyctl stats`. CONNECTIONS_CUT \
            counts the connections that did not take all of their queued data within `drain`.
            """
    )
}
