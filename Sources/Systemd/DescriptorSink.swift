import Glibc

/// Writes each record to a file descriptor with one `write`, so that the lines of several threads don't mix.
///
/// A record that can't be written is lost: there is nowhere left to say so.
struct DescriptorSink: LogSink {
    let descriptor: CInt

    func write(_ record: RenderedRecord) {
        record.bytes.withUnsafeBytes { bytes in
            Self.writeAll(bytes, write: self.write) {
                var ready = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            }
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

    /// Goes on after a signal, after a part, and, since a terminal's descriptor can be made non-blocking by whoever shares it,
    /// after `waitForRoom`.
    static func writeAll(
        _ bytes: UnsafeRawBufferPointer,
        write: (UnsafeRawBufferPointer) -> WriteOutcome,
        waitForRoom: () -> Void
    ) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch write(UnsafeRawBufferPointer(rebasing: rest)) {
            case .wrote(let count): rest = rest.dropFirst(count)
            case .failed(EINTR): continue
            case .failed(EAGAIN): waitForRoom()
            case .failed: return
            }
        }
    }
}
