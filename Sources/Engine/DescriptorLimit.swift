import CLinux
import Glibc

/// The number of descriptors that the process may have. It limits the number of connections.
package struct DescriptorLimit: Equatable {
    /// The smallest number of descriptors kept for uses other than connections: listeners, event loops, logs.
    package static let reserve = 64

    package let soft: Int

    package init(soft: Int) {
        self.soft = soft
    }

    /// Raises the soft limit to the hard limit, which needs no privileges.
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

    /// Whether this many connections fit. An unlimited number (nil) never fits.
    ///
    /// - Parameter needed: the descriptors that the process uses for other purposes.
    package func fits(connections: Int?, besides needed: Int = 0) -> Bool {
        guard let connections else { return false }
        return connections <= self.soft - max(needed, Self.reserve)
    }
}
