import Logging
import Logs

/// The log: `[log]`.
struct LogSettings: Sendable, Equatable {
    var level = Logger.Level.info
    var format = LogFormat.auto

    static let section = SettingSection("log", \.log, "Level, form and place of the log.", Self.keys)

    static let keys: [SettingKey<Self>] = [
        SettingKey(
            "level",
            \.level,
            .choice,
            """
            Least level that is logged.
            Each connection that opens or closes is a line at `"debug"`.
            """
        ),
        SettingKey(
            "format",
            \.format,
            .choice,
            reload: .needsRestart,
            """
            Form and place of log lines.
            - `"auto"`: the journal when systemd runs the service, text on a terminal, JSON elsewhere.
            - `"journal"`: the systemd journal, with a field for each fact.
            - `"text"`: lines for people, on standard error.
            - `"json"`: one JSON object a line, on standard error.
            """
        ),
    ]
}
