import Glibc

/// How many descriptors, and so connections, the process may have.
struct DescriptorLimit: Equatable {
    /// What is needed besides connections: listeners, event loops, logs.
    static let reserve = 64

    let soft: Int

    /// Raises the soft limit to the hard one, which every process may do for itself.
    static func raise() -> DescriptorLimit {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            preconditionFailure("a process without a limit of descriptors")
        }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        return DescriptorLimit(soft: Int(clamping: limit.rlim_cur))
    }

    /// Whether so many connections fit; no limit of them never does.
    func fits(connections: Int?) -> Bool {
        guard let connections else { return false }
        return connections <= self.soft - Self.reserve
    }
}
