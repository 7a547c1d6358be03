/// The process: `[server]`.
struct ServerSettings: Sendable, Equatable {
    var eventLoops = 0
    var drain = Duration.seconds(5)

    static let section = SettingSection("server", \.server, "Threads and shutdown of the process.", Self.keys)

    static let keys: [SettingKey<Self>] = [
        SettingKey(
            "event_loops",
            \.eventLoops,
            .integer(0...1024),
            unit: "threads",
            reload: .needsRestart,
            """
            Threads that serve connections.
            0 is one thread per core.
            """
        ),
        SettingKey(
            "drain",
            \.drain,
            .duration(.zero ... .seconds(3600)),
            """
            Longest time that a shutdown spends on sending queued data.
            After that time lobbyd closes every connection. With `"0s"`, lobbyd closes them at once. Keep `drain` \
            below `TimeoutStopSec=` of the unit.
            """
        ),
    ]
}
