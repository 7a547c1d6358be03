import CLinux
import Glibc

/// How many processors this process may use, in whole ones: the quota of its control group, or else the processors that the
/// group may use, or else all that are online. SwiftNIO counts the same way.
enum ProcessorCount {
    static var ofThisProcess: Int {
        let counts = Self.isVersion2 ? Self.version2() : Self.version1()
        return max(1, counts ?? sysconf(CInt(_SC_NPROCESSORS_ONLN)))
    }

    private static func version1() -> Int? {
        let cpu = "/sys/fs/cgroup/cpu"
        let quota = Self.firstLine(of: "\(cpu)/cpu.cfs_quota_us").flatMap { Int($0) }
        let period = Self.firstLine(of: "\(cpu)/cpu.cfs_period_us").flatMap { Int($0) }
        if let count = Self.count(quota: quota, period: period) { return count }
        return Self.firstLine(of: "/sys/fs/cgroup/cpuset/cpuset.cpus").flatMap(Self.count(cpuset:))
    }

    private static func version2() -> Int? {
        if let count = Self.firstLine(of: "/sys/fs/cgroup/cpu.max").flatMap(Self.count(cpuMax:)) { return count }
        let group = Self.lines(of: "/proc/self/cgroup").compactMap(Self.group).first
        return group.flatMap { Self.firstLine(of: "/sys/fs/cgroup\($0)/cpuset.cpus") }.flatMap(Self.count(cpuset:))
    }

    /// From `cpu.max`, such as `150000 100000`: 2. Without a quota it is `max 100000`.
    static func count(cpuMax: String) -> Int? {
        let parts = cpuMax.split(separator: " ").map { Int($0) }
        return parts.count == 2 ? Self.count(quota: parts[0], period: parts[1]) : nil
    }

    /// A part of a processor counts as one. A quota of -1 is none.
    static func count(quota: Int?, period: Int?) -> Int? {
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return (quota - 1) / period + 1
    }

    /// From a list of processors, such as `0-3,8`: 5.
    static func count(cpuset: String) -> Int? {
        let counts = cpuset.split(separator: ",").map { range -> Int? in
            let ends = range.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, last >= first else { return nil }
            return last - first + 1
        }
        guard !counts.isEmpty, !counts.contains(nil) else { return nil }
        return counts.reduce(0) { $0 + ($1 ?? 0) }
    }

    /// The path of the process's group, from a line of `/proc/self/cgroup`; nil where the line is one of version 1.
    static func group(line: String) -> String? { line.hasPrefix("0::") ? String(line.dropFirst(3)) : nil }

    /// Only the root of version 2 has this file.
    private static var isVersion2: Bool { access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0 }

    private static func firstLine(of path: String) -> String? { Self.lines(of: path).first }

    /// Of a file of the kernel's; none where it can't be read.
    private static func lines(of path: String) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { Descriptor.close(descriptor) }
        // Longer ones are not expected here; the kernel does not tell the length.
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
