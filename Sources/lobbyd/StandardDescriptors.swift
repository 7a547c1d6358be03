import Glibc

/// The descriptors 0 to 2: standard input, output and error.
enum StandardDescriptors {
    /// Opens /dev/null on each that is missing. Otherwise the next file or socket would get its number, and the log or an error
    /// message would be written into it. To be called before anything is opened.
    static func open() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The system gives the lowest number that is free, and all below are taken by now.
            guard Glibc.open("/dev/null", O_RDWR) == descriptor else { _exit(ExitStatus.system.rawValue) }
        }
    }
}
