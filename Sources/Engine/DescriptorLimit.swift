import CLinux
import Glibc

/// How many descriptors, and so connections, the process may have.
package struct DescriptorLimit: Equatable {
    /// What is kept for all besides connections, at least: listeners, event loops, logs.
    package static let reserve = 64

    package let soft: Int

    package init(soft: Int) {
        self.soft = soft
    }

    /// Raises the soft limit to the hard one, which every process may do for itself.
    package static func raise() -> DescriptorLimit {
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
    ///
    /// - Parameter needed: what the process takes besides them.
    package func fits(connections: Int?, besides needed: Int = 0) -> Bool {
        guard let connections else { return false }
        return connections <= self.soft - max(needed, Self.reserve)
    }
}
