import ArgumentParser

/// The exit status of lobbyctl, for scripts. The numbers are from `sysexits.h`.
public enum LobbyctlExit: Int32, CaseIterable, Sendable {
    case success = 0
    case failure = 1
    /// ArgumentParser exits with it.
    case usage = 64
    case unreachable = 71

    public var code: ExitCode { ExitCode(self.rawValue) }

    /// The cause, for operators: sentences in Markdown.
    public var meaning: String {
        switch self {
        case .success:
            "The command succeeded. `version` also exits with 0 if it cannot reach a lobbyd, and prints a line about it."
        case .failure:
            """
            The command failed for one of these reasons. lobbyd refused it or could not do it, for example to kick a \
            connection that is gone, or to reload a file with errors. Or lobbyctl could not write its output, for \
            example to a full disk. Or `bench` found lost, duplicate, misordered or stray datagrams, lost a \
            connection, or was interrupted before it measured anything.
            """
        case .usage: "The command line is wrong, or an argument is not UTF-8."
        case .unreachable: "lobbyctl could not reach a lobbyd, or `bench` could not connect."
        }
    }
}
