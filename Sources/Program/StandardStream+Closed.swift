import Glibc

extension StandardStream {
    /// The replacement for a standard stream that is closed when the process starts.
    public enum Substitute: Sendable {
        /// Input is empty, and output is discarded.
        case silent
        /// Every read and write fails.
        case failing
    }

    /// Opens /dev/null in place of each closed standard stream. Otherwise the next file or socket would get the
    /// stream's number, and output would go there. Call it before any descriptor is opened.
    public static func occupyClosed(_ substitute: Substitute) {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            let mode = substitute == .silent ? O_RDWR : descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
            // The system assigns the lowest free number. A failure cannot be reported: standard error may be the closed
            // stream.
            guard open("/dev/null", mode) == descriptor else { _exit(EX_OSERR) }
        }
    }
}
