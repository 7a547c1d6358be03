/// How the process ends, for scripts and for the service manager; the numbers are those of `sysexits.h`.
enum ExitStatus: Int32 {
    case success = 0
    /// Something that ran failed.
    case failure = 1
    /// The system refused something, such as a port.
    case system = 71
    /// The configuration can't be used; starting again would not help.
    case configuration = 78
}
