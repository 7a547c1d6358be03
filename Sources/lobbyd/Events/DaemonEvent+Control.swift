extension DaemonEvent {
    static let control: [DaemonEvent] = [
        .adminCommand, .controlFailed, .controlUnavailable, .controlLost, .controlReopened,
    ]

    static let adminCommand = DaemonEvent(
        "admin.command",
        id: "cc91f3b4232748faac62114b07cea621",
        .notice,
        fields: ["admin_uid", "admin_command", "connection_id", "reason", "log_level", "duration_usec", "suppressed"],
        meaning: """
            The user `admin_uid` calls the command `admin_command` of `lobbyctl`, which changes something. The other \
            fields are the arguments of the command. lobbyd logs the command before it acts, at every log level.
            """,
        subject: "User @ADMIN_UID@ calls @ADMIN_COMMAND@",
        body: """
            A user has changed something with lobbyctl. `getent passwd @ADMIN_UID@` shows the user's name. Root and the \
            members of the group `lobbyd` may use lobbyctl.
            """
    )

    static let controlFailed = DaemonEvent(
        "control.failed",
        id: "6ecec65aeb4e465d921d8efc9edecccb",
        .critical,
        fields: ["socket", "reason"],
        meaning: """
            lobbyd cannot create the control socket, or another process listens there. lobbyd exits with 71. Stop the other \
            process, or name another `socket`.
            """,
        subject: "lobbyd could not create the control socket",
        body: """
            @SOCKET@: @REASON@. lobbyd exits with 71.

            Another lobbyd may be using the socket, or lobbyd may not write to its directory. `socket` in `[control]` names \
            another path; `""` switches the control socket off.
            """
    )

    static let controlUnavailable = DaemonEvent(
        "control.unavailable",
        id: "5a5b89f4034146aeb550e2877f86f20c",
        .warning,
        fields: ["socket", "reason"],
        meaning: """
            lobbyd cannot create the default control socket yet, and runs without it. `control.reopened` follows when it \
            exists.
            """,
        subject: "There is no control socket",
        body: """
            @SOCKET@: @REASON@. lobbyd runs, but lobbyctl cannot reach it. lobbyd tries again every second and on each reload. \
            `control.reopened` follows when the socket exists.

            `RuntimeDirectory=` of the unit creates the directory. Outside the service, name a path with `socket` in \
            `[control]`.
            """
    )

    static let controlLost = DaemonEvent(
        "control.lost",
        id: "e9aecd90b25a426f8749c7a13f71c4d1",
        .warning,
        fields: ["socket", "reason"],
        meaning: """
            The file of the control socket is gone, or another file is in its place. lobbyd creates it again as soon as the \
            path is free, and logs `control.reopened`.
            """,
        subject: "The file of the control socket is lost",
        body: """
            @SOCKET@: @REASON@. Without this file, lobbyctl cannot reach lobbyd. Game connections are not affected.

            lobbyd checks the file every 5 seconds and on each reload, and creates it again as soon as the path is \
            free. lobbyd does not remove a file of another process. If another file is at the path, inspect and remove \
            it.
            """
    )

    static let controlReopened = DaemonEvent(
        "control.reopened",
        id: "3e24a3ccac144f0cbb34dfc0a0f84713",
        .notice,
        fields: ["socket"],
        meaning: "lobbyctl can reach lobbyd again, after `control.unavailable` or `control.lost`.",
        subject: "The control socket is available again",
        body: "lobbyctl can reach lobbyd at @SOCKET@ again."
    )
}
