import CSystemd
import Glibc

/// Sends each record to journald, a part a field.
struct JournalSink: LogSink {
    /// `sd_journal_sendv`, or a stand-in that sees what it would get. The memory is valid during the call only.
    var send: @Sendable (UnsafeBufferPointer<iovec>) -> Void = { fields in
        // An error means a record that journald refused or a journald that is gone; there is nowhere left to say so.
        _ = sd_journal_sendv(fields.baseAddress, CInt(fields.count))
    }

    func write(_ record: RenderedRecord) {
        record.bytes.withUnsafeBytes { bytes in
            let fields = record.parts.map { range in
                let part = UnsafeRawBufferPointer(rebasing: bytes[range])
                // An iovec serves reading and writing alike, hence the cast; sending only reads.
                return iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
            }
            fields.withUnsafeBufferPointer(self.send)
        }
    }
}
