import CLinux
import Glibc

/// The number of whole processors that this process may use.
///
/// It is the quota of the process's control group if set, otherwise the processors that the group may use, otherwise
/// all online processors. SwiftNIO counts the same way.
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

    /// The number from a line of `cpu.max`: `150000 100000` gives 2. Without a quota the line is `max 100000`.
    static func count(cpuMax: String) -> Int? {
        let parts = cpuMax.split(separator: " ").map { Int($0) }
        return parts.count == 2 ? Self.count(quota: parts[0], period: parts[1]) : nil
    }

    /// The quota in processors, rounded up. A quota of -1 means no quota.
    static func count(quota: Int?, period: Int?) -> Int? {
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return (quota - 1) / period + 1
    }

    /// The number from a list of processors: `0-3,8` gives 5.
    static func count(cpuset: String) -> Int? {
        let counts = cpuset.split(separator: ",").map { range -> Int? in
            let ends = range.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, last >= first else { return nil }
            return last - first + 1
        }
        guard !counts.isEmpty, !counts.contains(nil) else { return nil }
        return counts.reduce(0) { $0 + ($1 ?? 0) }
    }

    /// The path of the process's group, from a line of `/proc/self/cgroup`; nil for a line of version 1.
    static func group(line: String) -> String? { line.hasPrefix("0::") ? String(line.dropFirst(3)) : nil }

    /// Only the root of a version 2 hierarchy has this file.
    private static var isVersion2: Bool { access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0 }

    private static func firstLine(of path: String) -> String? { Self.lines(of: path).first }

    /// The lines of a kernel file; empty if the file is unreadable.
    private static func lines(of path: String) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { Descriptor.close(descriptor) }
        // The kernel does not report the file's length. The expected lines are shorter than this buffer.
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
