import Engine
import Wire

/// Passes the received bytes of one TCP connection to the connection's reader. Event loop only.
///
/// The connection is not read while it has no reader or the reader is full. Meanwhile the receiver keeps the bytes that
/// no reader has taken: an incomplete frame, and the bytes of the last read, at most 64 KiB.
final class StreamReceiver {
    private let datagramBytesMax: Int
    private var reader: ReaderQueue?
    /// nil makes one datagram of the bytes of one read.
    private var framing: Framing?
    /// The bytes that no reader has taken: the beginning of a frame, or whole frames while `isRefused`.
    private var held: [UInt8] = []
    /// Whether the reader has refused `held`, because it was full or no longer had the connection.
    private var isRefused = false
    private var isDiscarding = false
    private var hasEnded = false

    /// - Parameter datagramBytesMax: the longest payload, in bytes. A header with a longer one closes the connection.
    init(datagramBytesMax: Int) {
        self.datagramBytesMax = datagramBytesMax
    }

    /// Gives the connection to a reader. The held bytes come first.
    ///
    /// - Parameter framing: nil makes one datagram of the bytes of one read.
    func attach(_ reader: ReaderQueue, framing: Framing?, to connection: Connection) {
        guard !self.isDiscarding else { return }
        self.reader = reader
        self.framing = framing
        self.resume(connection)
    }

    /// Takes the connection from its reader. The held bytes wait for the next reader.
    func detach(_ reader: ReaderQueue) {
        if self.reader === reader { self.reader = nil }
    }

    /// Passes the held bytes to the reader, which has room again, and reads the connection again.
    func resume(_ connection: Connection) {
        self.isRefused = false
        self.deliver(from: connection)
        if self.hasEnded { self.reportReset(connection) } else { connection.resumeReading() }
    }

    /// Discards all further bytes, because this program has closed the connection.
    func discard() {
        self.isDiscarding = true
        self.reader = nil
        self.held = []
    }

    /// Records the end of the connection. The reset is reported when a reader has taken all datagrams.
    func ended(_ connection: Connection) {
        self.hasEnded = true
        self.reportReset(connection)
    }

    private func reportReset(_ connection: Connection) {
        if self.reader != nil, !self.isRefused { connection.link?.reportReset(connection) }
    }

    private func deliver(from connection: Connection) {
        guard let reader, !self.held.isEmpty else { return }
        let run = self.wholeFrames()
        if run.datagramCount > 0 {
            let datagrams = NetDatagram.all(in: self.held, byteCount: run.byteCount, self.framing, from: connection)
            guard reader.take(datagrams, from: connection) else {
                self.isRefused = true
                return
            }
            connection.countReceived(datagrams: run.datagramCount, bytes: run.byteCount)
            self.held = Array(self.held[run.byteCount...])
        }
        guard run.oversizedPayloadBytes != nil else { return }
        self.held = []
        if connection.isOpen { connection.close(passing: .datagramBytes) }
    }

    private func wholeFrames() -> FrameScanner.Run {
        guard let framing else { return FrameScanner.Run(byteCount: self.held.count, datagramCount: 1) }
        return self.held.withUnsafeBytes { bytes in
            FrameScanner(framing: framing, payloadBytesMax: self.datagramBytesMax).scan(bytes)
        }
    }
}

extension StreamReceiver: ByteReceiver {
    func admitsRead(of connection: Connection) -> Bool {
        if self.isDiscarding { return true }
        guard let reader, !self.isRefused else { return false }
        return reader.admitsRead(of: connection)
    }

    func bytesReceived(_ bytes: UnsafeRawBufferPointer, from connection: Connection) {
        guard !self.isDiscarding else { return }
        self.held.append(contentsOf: bytes)
        if !self.isRefused { self.deliver(from: connection) }
    }
}
