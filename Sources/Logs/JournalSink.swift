import CSystemd
import Glibc

/// Sends each record to journald. Each part becomes a field.
struct JournalSink: LogSink {
    /// `sd_journal_sendv`, or a stand-in for tests. The memory is valid only during the call.
    var send: @Sendable (UnsafeBufferPointer<iovec>) -> CInt = { fields in
        sd_journal_sendv(fields.baseAddress, CInt(fields.count))
    }
    /// libsystemd reports success even when journald's socket does not exist.
    var isReachable: @Sendable () -> Bool = { LogSurroundings.journalIsReachable }

    func write(_ record: RenderedRecord) -> Bool {
        record.bytes.withUnsafeBytes { bytes in
            let fields = record.parts.map { range in
                let part = UnsafeRawBufferPointer(rebasing: bytes[range])
                // iovec needs a mutable pointer, because readv(2) uses it too. Sending only reads.
                return iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
            }
            return fields.withUnsafeBufferPointer(self.send) == 0 && self.isReachable()
        }
    }
}
