import Engine
import Wire

/// Passes what one TCP connection brings to its reader. Event loop only.
///
/// The connection is not read while it has no reader, or the reader is full. The bytes of a read that was under way then, at
/// most 64 KiB, are kept.
final class StreamReceiver {
    private let datagramBytesMax: Int
    private var reader: ReaderQueue?
    /// nil makes the bytes of one read one datagram.
    private var framing: Framing?
    /// Bytes that no reader has taken: the beginning of a frame, or whole frames while `isRefused`.
    private var held: [UInt8] = []
    /// Whether the reader was full, or was taken away, when it was offered `held`.
    private var isRefused = false
    private var isDiscarding = false
    private var hasEnded = false

    /// - Parameter datagramBytesMax: payload bytes of one datagram; a header that says more closes the connection.
    init(datagramBytesMax: Int) {
        self.datagramBytesMax = datagramBytesMax
    }

    /// Gives the connection to a reader; first come the bytes that are held.
    ///
    /// - Parameter framing: nil makes the bytes of one read one datagram.
    func attach(_ reader: ReaderQueue, framing: Framing?, to connection: Connection) {
        guard !self.isDiscarding else { return }
        self.reader = reader
        self.framing = framing
        self.resume(connection)
    }

    /// Takes the connection from its reader. What is held waits for the next one.
    func detach(_ reader: ReaderQueue) {
        if self.reader === reader { self.reader = nil }
    }

    /// The reader has room for what is held, and then for more.
    func resume(_ connection: Connection) {
        self.isRefused = false
        self.deliver(from: connection)
        if self.hasEnded { self.reportReset(connection) } else { connection.resumeReading() }
    }

    /// This program has closed the connection: what still comes has no reader.
    func discard() {
        self.isDiscarding = true
        self.reader = nil
        self.held = []
    }

    /// The connection has ended. That is reported once a reader has all that it brought.
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
