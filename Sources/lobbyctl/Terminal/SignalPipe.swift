import Glibc

/// Turns signals into bytes, for poll(2). The signals have no other effect afterwards.
struct SignalPipe {
    /// Readable when a signal has arrived.
    let descriptor: CInt

    /// Starts a thread for the signals. Create it before any other thread.
    ///
    /// - Returns: nil when the system is out of pipes or threads. The signals then act as before.
    init?(_ signals: [CInt]) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        let (reader, writer) = (ends[0], ends[1])
        let isStarted = SignalThread.start(signals) { signal in
            var byte = UInt8(signal)
            _ = write(writer, &byte, 1)
        }
        guard isStarted else {
            close(reader)
            close(writer)
            return nil
        }
        self.descriptor = reader
    }

    /// Takes the next signal.
    func take() -> CInt {
        var byte: UInt8 = 0
        _ = read(self.descriptor, &byte, 1)
        return CInt(byte)
    }
}
