import Glibc

extension StandardStream {
    /// What becomes of a standard stream that is closed at the start.
    public enum Substitute: Sendable {
        /// Input is empty, and output is lost.
        case silent
        /// Each use fails.
        case failing
    }

    /// Opens /dev/null in place of each closed stream. Otherwise the next file or socket would get its number, and output would
    /// go there. To be called before any descriptor is opened.
    public static func occupyClosed(_ substitute: Substitute) {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            let mode = substitute == .silent ? O_RDWR : descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
            // The system gives the lowest free number. There may be no stream to report a failure to.
            guard open("/dev/null", mode) == descriptor else { _exit(EX_OSERR) }
        }
    }
}
