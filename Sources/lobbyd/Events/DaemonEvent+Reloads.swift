extension DaemonEvent {
    static let reloads: [DaemonEvent] = [.reloadApplied, .reloadNeedsRestart, .reloadRejected]

    static let reloadApplied = DaemonEvent(
        "reload.applied",
        id: "b6145a6ca305495e91bc4c458ff9fee9",
        .notice,
        fields: ["signal", "admin_uid", "changes", "changed"],
        meaning: """
            The new configuration is in force. `changes` counts the settings that changed, and `changed` has a field for each, \
            such as `changed.limits.connections`.
            """,
        subject: "lobbyd has reloaded its configuration",
        body: """
            The new settings are in force. A line `reload.needs_restart` names the settings that need a restart.
            """
    )

    static let reloadNeedsRestart = DaemonEvent(
        "reload.needs_restart",
        id: "f189ec562a774dbf83e10dfab9cc4d9d",
        .warning,
        fields: ["unchanged"],
        meaning: """
            Some changed settings keep their old values until a restart. `unchanged` has a field for each, such as \
            `unchanged.control.socket`. The rest of the new configuration is in force.
            """,
        subject: "Some changes need a restart",
        body: """
            The rest of the new configuration is in force. The settings in this line keep their old values until \
            `systemctl restart lobbyd`, which closes every connection.

            The address of a UDP listener changes without a restart: with the first reload after its connections have closed.
            """
    )

    static let reloadRejected = DaemonEvent(
        "reload.rejected",
        id: "b88dee3cc7134cbc9dc52c4440e61a0f",
        .error,
        fields: ["signal", "admin_uid", "reason", "problem", "config_file", "config_line", "config_column"],
        meaning: """
            The new configuration has errors, and the old one stays in force. One line reports each error; after 10, one line \
            counts the rest. `problem` numbers them, such as `1 of 3`. `lobbyd --check` shows them all.
            """,
        subject: "lobbyd has rejected the new configuration",
        body: """
            The old settings stay in force.

            `lobbyd --check` shows every error with line and column. Correct the file, and reload again. The check covers only \
            the file: it does not find a port that is taken, or a socket unit whose socket no longer fits a listener.
            """
    )
}
