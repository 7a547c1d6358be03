/// The exit status of lobbyd, for scripts and for the service manager. The numbers are from `sysexits.h`.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case failure = 1
    /// ArgumentParser exits with it.
    case usage = 64
    case system = 71
    case configuration = 78

    /// The cause, for operators: a sentence or two in Markdown.
    var meaning: String {
        switch self {
        case .success: "lobbyd was asked to stop, and stopped."
        case .failure: "lobbyd failed while it ran, or could not write its output, for example to a full disk."
        case .usage: "The command line is wrong. systemd does not restart lobbyd."
        case .system:
            "The system refused something, for example a port or a control socket that is taken, or has too few file descriptors."
        case .configuration:
            "lobbyd cannot use the configuration, or a socket that systemd passed to it. systemd does not restart lobbyd."
        }
    }
}
