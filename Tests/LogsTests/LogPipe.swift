import Glibc

/// A pipe for a test to log into and to read from.
struct LogPipe {
    let readEnd: CInt
    let writeEnd: CInt

    init() {
        var ends: [CInt] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe: errno \(errno)")
        self.readEnd = ends[0]
        self.writeEnd = ends[1]
    }

    /// Waits for some bytes; empty at the end, or when none came for so long that none will.
    func read() -> [UInt8] {
        var ready = pollfd(fd: self.readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, 10_000) == 1 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = Glibc.read(self.readEnd, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Everything up to the end of file, which comes once every copy of the write end is closed.
    func readAll() -> [UInt8] {
        var all: [UInt8] = []
        while case let some = self.read(), !some.isEmpty { all += some }
        return all
    }
}
