/// The process: `[server]`.
struct ServerSettings: Sendable, Equatable {
    var eventLoops = 0
    var drain = Duration.seconds(5)

    static let section = SettingSection("server", \.server, "Threads and end of the process.", Self.keys)

    static let keys: [SettingKey<Self>] = [
        SettingKey(
            "event_loops",
            \.eventLoops,
            .integer(0...1024),
            unit: "threads",
            reload: .needsRestart,
            """
            Threads that serve connections.
            0 is one per core.
            """
        ),
        SettingKey(
            "drain",
            \.drain,
            .duration(.zero ... .seconds(3600)),
            """
            Time for which a shutdown goes on sending queued data before it closes every connection.
            `"0s"` closes at once. Keep it under `TimeoutStopSec` of the service.
            """
        ),
    ]
}
