/// The exit statuses of lobbyctl, for documents. The program itself has them in `ControlOptions` and ArgumentParser.
enum LobbyctlExit: Int32, CaseIterable {
    case success = 0
    case refused = 1
    case usage = 64
    case unreachable = 71

    /// The cause, for operators: a sentence or two in Markdown.
    var meaning: String {
        switch self {
        case .success: "The command succeeded. `version` also exits with 0 if it cannot reach a lobbyd, and says so."
        case .refused:
            """
            lobbyd refused the command or could not do it, for example to kick a connection that is gone, or to reload a file \
            with errors. Or `bench` found lost, duplicate, misordered or stray datagrams, lost a connection, or was \
            interrupted before it measured anything. Or lobbyctl could not write its output, for example to a full disk.
            """
        case .usage: "The command line is wrong, or an argument is not UTF-8."
        case .unreachable: "lobbyctl could not reach a lobbyd."
        }
    }
}
