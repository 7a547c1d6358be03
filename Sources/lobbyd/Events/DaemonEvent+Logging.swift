import Logging

extension DaemonEvent {
    static let logging: [DaemonEvent] = [.logSuppressed, .logDropped]

    static let logSuppressed = DaemonEvent(
        "log.suppressed",
        id: "15ab1a9e254443c5aa2c14d590df5e0e",
        .notice,
        fields: ["event", "reason", "close_reason", "admin_uid", "admin_command", "suppressed"],
        meaning: """
            A burst of the same `event` has ended, and lobbyd did not log `suppressed` of its lines. `reason`, \
            `close_reason`, `admin_uid` and `admin_command` identify the burst.
            """,
        subject: "lobbyd did not log @SUPPRESSED@ events @EVENT@",
        body: """
            lobbyd logs at most 10 lines a second of the same event and reason, or of the same command of a user, and \
            1 line a second of the events of listeners. So no client can flood the journal. lobbyd has suppressed \
            @SUPPRESSED@ lines of this burst.
            """
    )

    /// The module `Logs` writes this event itself, because the event counts the lines that `Logs` could not write.
    static let logDropped = DaemonEvent(
        "log.dropped",
        id: "e8c8cd5838d8423f851d6cef21558b8f",
        .warning,
        fields: ["dropped"] + Logger.Level.allCases.map { "dropped_\($0.rawValue)" },
        meaning: """
            lobbyd dropped `dropped` lines of the log, because the reader of the log was too slow or the lines could not be \
            written. `dropped_debug` and so on count them by level.
            """,
        subject: "lobbyd dropped @DROPPED@ lines of the log",
        body: """
            The journal, or the reader of standard error, was too slow. Datagrams do not wait for the log: lobbyd \
            drops lines, the less important ones first. Lines are also lost while the journal restarts or the file \
            system is full. The fields DROPPED_DEBUG, DROPPED_INFO and so on count the lines by level.

            Check the load of the machine and `systemctl status systemd-journald`. A log at `debug` has two lines for each \
            connection.
            """
    )
}
