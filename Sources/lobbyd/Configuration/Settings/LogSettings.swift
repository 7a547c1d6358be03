import Logging
import Logs

/// The log: `[log]`.
struct LogSettings: Sendable, Equatable {
    var level = Logger.Level.info
    var format = LogFormat.auto

    static let section = SettingSection("log", \.log, "Level, format and destination of the log.", Self.keys)

    static let keys: [SettingKey<Self>] = [
        SettingKey(
            "level",
            \.level,
            .choice,
            """
            Lowest level that is logged.
            With `"debug"`, lobbyd also logs each opened and each closed connection.
            """
        ),
        SettingKey(
            "format",
            \.format,
            .choice,
            reload: .needsRestart,
            """
            Format and destination of log lines.
            - `"auto"`: the journal when systemd runs the service, text on a terminal, JSON elsewhere.
            - `"journal"`: the systemd journal, with a field for each fact.
            - `"text"`: one line of text per event, on standard error.
            - `"json"`: one JSON object per line, on standard error.
            """
        ),
    ]
}
