import Glibc

/// The server's process, as the kernel accounts for it.
struct ServerProcess {
    let id: Int32

    /// The processor time so far, in user and in system mode: fields 14 and 15 of /proc/PID/stat.
    var cpuSeconds: Double {
        // The second field is a name in parentheses, which may contain any character.
        let fields = self.read("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .nan }
        return (user + system) / Double(sysconf(CInt(_SC_CLK_TCK)))
    }

    /// The resident memory.
    var residentBytes: Int {
        let fields = self.read("statm").split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * sysconf(CInt(_SC_PAGESIZE))
    }

    private func read(_ name: String) -> String {
        let descriptor = open("/proc/\(self.id)/\(name)", O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}

/// Returns the monotonic clock in nanoseconds.
func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
