import CSystemd
import Glibc

/// Sends each record to journald, a part a field.
struct JournalSink: LogSink {
    /// `sd_journal_sendv`, or a stand-in that sees what it would get. The memory is valid during the call only.
    var send: @Sendable (UnsafeBufferPointer<iovec>) -> CInt = { fields in
        sd_journal_sendv(fields.baseAddress, CInt(fields.count))
    }
    /// libsystemd reports success where journald's socket is not there.
    var isReachable: @Sendable () -> Bool = { LogSurroundings.journalIsReachable }

    func write(_ record: RenderedRecord) -> Bool {
        record.bytes.withUnsafeBytes { bytes in
            let fields = record.parts.map { range in
                let part = UnsafeRawBufferPointer(rebasing: bytes[range])
                // An iovec serves reading and writing alike, hence the cast; sending only reads.
                return iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
            }
            return fields.withUnsafeBufferPointer(self.send) == 0 && self.isReachable()
        }
    }
}
