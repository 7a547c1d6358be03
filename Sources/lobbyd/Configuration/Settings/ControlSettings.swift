import Control

/// The control socket, where lobbyd answers `lobbyctl`: `[control]`.
struct ControlSettings: Sendable, Equatable {
    /// An absolute path; empty for no socket.
    var socket = ControlProtocol.defaultSocketPath

    static let section = SettingSection("control", \.control, "The socket for lobbyctl.", Self.keys)

    static let keys: [SettingKey<Self>] = [
        SettingKey(
            "socket",
            \.socket,
            .socketPath,
            reload: .needsRestart,
            """
            Unix socket at which lobbyd answers lobbyctl.
            `""` is none. Root may use it, and the group that lobbyd runs as. When the default one can't be made, because \
            its directory is not there, lobbyd warns and runs without it until it can be made; with any other path that is \
            an error. `systemctl reload` asks at the default path: with another one it needs \
            `ExecReload=/usr/bin/lobbyctl reload --socket PATH` (`systemctl edit lobbyd`, after an empty `ExecReload=`), \
            and with `""` it fails; there SIGHUP reloads.
            """
        )
    ]
}
