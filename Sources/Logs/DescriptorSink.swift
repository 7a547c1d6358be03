import Glibc
import Synchronization

/// Writes each record to a file descriptor with one `write`, so the lines of several threads do not mix.
///
/// The record after an incomplete one begins on a new line.
final class DescriptorSink: LogSink {
    private static let newline = UInt8(ascii: "\n")

    let descriptor: CInt
    /// Whether the last written byte was not a line break.
    private let isWithinLine = Mutex(false)

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    func write(_ record: RenderedRecord) -> Bool {
        self.isWithinLine.withLock { isWithinLine in
            let bytes = isWithinLine ? [Self.newline] + record.bytes : record.bytes
            let count = bytes.withUnsafeBytes { self.writeAll($0) }
            if count > 0 { isWithinLine = bytes[count - 1] != Self.newline }
            return count == bytes.count
        }
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int {
        Self.writeAll(bytes, write: self.write) {
            var ready = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&ready, 1, -1)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> WriteOutcome {
        let count = Glibc.write(self.descriptor, bytes.baseAddress, bytes.count)
        return count < 0 ? .failed(errno) : .wrote(count)
    }

    enum WriteOutcome: Sendable {
        case wrote(Int)
        /// With this `errno`.
        case failed(CInt)
    }

    /// Writes all bytes. Continues after a signal and after a partial write. After EAGAIN it calls `waitForRoom`: any
    /// process that shares the terminal can make the descriptor non-blocking.
    ///
    /// - Returns: the number of written bytes.
    static func writeAll(
        _ bytes: UnsafeRawBufferPointer,
        write: (UnsafeRawBufferPointer) -> WriteOutcome,
        waitForRoom: () -> Void
    ) -> Int {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch write(UnsafeRawBufferPointer(rebasing: rest)) {
            case .wrote(let count): rest = rest.dropFirst(count)
            case .failed(EINTR): continue
            case .failed(EAGAIN): waitForRoom()
            case .failed: return bytes.count - rest.count
            }
        }
        return bytes.count
    }
}
