import Glibc

/// The possible destinations of the log. The choice of a format depends on them.
public struct LogSurroundings: Sendable {
    /// `$JOURNAL_STREAM`: the `device:inode` of the standard output or error that systemd gave the service.
    public var journalStream: String?
    /// The `device:inode` of standard error; nil when it is closed.
    public var standardError: String?
    public var standardErrorIsTerminal: Bool
    /// Whether journald's socket exists. A service with its own root directory can have a journal stream without this
    /// socket.
    public var journalIsReachable: Bool

    public init(
        journalStream: String?,
        standardError: String?,
        standardErrorIsTerminal: Bool,
        journalIsReachable: Bool
    ) {
        self.journalStream = journalStream
        self.standardError = standardError
        self.standardErrorIsTerminal = standardErrorIsTerminal
        self.journalIsReachable = journalIsReachable
    }

    /// Whether standard error is the journal's stream. The variable alone is no proof: a shell in a service inherits it
    /// even when its standard error is redirected.
    public var standardErrorIsJournal: Bool {
        self.journalStream != nil && self.journalStream == self.standardError
    }

    /// The surroundings of this process, now.
    public static func current() -> LogSurroundings {
        LogSurroundings(
            journalStream: getenv("JOURNAL_STREAM").map { String(cString: $0) },
            standardError: self.identity(of: STDERR_FILENO),
            standardErrorIsTerminal: isatty(STDERR_FILENO) == 1,
            journalIsReachable: self.journalIsReachable
        )
    }

    /// Whether journald's socket exists now.
    static var journalIsReachable: Bool { access("/run/systemd/journal/socket", W_OK) == 0 }

    /// The `device:inode` in decimal, as systemd writes it.
    static func identity(of descriptor: CInt) -> String? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return "\(status.st_dev):\(status.st_ino)"
    }
}
