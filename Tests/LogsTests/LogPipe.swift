import Glibc

/// A pipe that captures the log of a test.
struct LogPipe {
    let readEnd: CInt
    let writeEnd: CInt

    init() {
        var ends: [CInt] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe: errno \(errno)")
        self.readEnd = ends[0]
        self.writeEnd = ends[1]
    }

    /// Waits up to 10 seconds for bytes; returns an empty array at the end of the pipe or after this time.
    func read() -> [UInt8] {
        var ready = pollfd(fd: self.readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, 10_000) == 1 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = Glibc.read(self.readEnd, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Reads all bytes until every copy of the write end is closed.
    func readAll() -> [UInt8] {
        var all: [UInt8] = []
        while case let some = self.read(), !some.isEmpty { all += some }
        return all
    }
}
