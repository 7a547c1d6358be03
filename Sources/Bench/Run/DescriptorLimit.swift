import Glibc

/// How many descriptors, and so connections, the process may have.
enum DescriptorLimit {
    /// What is needed besides connections.
    static let reserve = 64

    /// Raises the soft limit to the hard one, which every process may do for itself.
    ///
    /// - Returns: the limit from now on.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            preconditionFailure("a process without a limit of descriptors")
        }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }
}
