import Glibc

/// What there is to log to: all that the choice of a format depends on.
public struct LogSurroundings: Sendable {
    /// `$JOURNAL_STREAM`: the `device:inode` that systemd gave the service as standard output or error.
    public var journalStream: String?
    /// `device:inode` of standard error; nil when it is closed.
    public var standardError: String?
    public var standardErrorIsTerminal: Bool
    /// journald's socket is there. A service in a root directory of its own has a journal stream, but may not have this.
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

    /// The variable alone says nothing: a shell in a service inherits it together with a standard error led elsewhere.
    public var standardErrorIsJournal: Bool {
        self.journalStream != nil && self.journalStream == self.standardError
    }

    /// Those of this process, now.
    public static func current() -> LogSurroundings {
        LogSurroundings(
            journalStream: getenv("JOURNAL_STREAM").map { String(cString: $0) },
            standardError: self.identity(of: STDERR_FILENO),
            standardErrorIsTerminal: isatty(STDERR_FILENO) == 1,
            journalIsReachable: self.journalIsReachable
        )
    }

    /// journald's socket is there now.
    static var journalIsReachable: Bool { access("/run/systemd/journal/socket", W_OK) == 0 }

    /// `device:inode` in decimal, as systemd writes it.
    static func identity(of descriptor: CInt) -> String? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return "\(status.st_dev):\(status.st_ino)"
    }
}
