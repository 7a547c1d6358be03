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
            Unix socket where lobbyd answers lobbyctl.
            Root and the members of the group that lobbyd runs as may use the socket. With `""`, lobbyd has no control \
            socket. If the directory of the default path does not exist, lobbyd warns and runs without the socket \
            until it can create the socket. With any other path, a missing directory is an error. `systemctl reload` \
            uses the default path. For another path, run `systemctl edit lobbyd`, and add an empty `ExecReload=` and \
            then `ExecReload=/usr/bin/lobbyctl reload --socket PATH`. With `""`, `systemctl reload` fails; send SIGHUP \
            instead.
            """
        )
    ]
}
