import Glibc

/// Keeps later descriptors, such as the control socket, from the numbers of standard streams that are closed.
enum ClosedStreams {
    /// Opens /dev/null in place of each closed stream, so that its use fails. To be called before any descriptor is opened.
    static func occupy() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            let mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
            // The system gives the lowest free number. Without it there may be no stream to say so.
            guard open("/dev/null", mode) == descriptor else { _exit(EX_OSERR) }
        }
    }
}
