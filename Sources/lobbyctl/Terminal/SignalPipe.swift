import Glibc

/// Turns signals into bytes that poll(2) can wait for; from then on they have no other effect.
struct SignalPipe {
    /// Readable when one has come.
    let descriptor: CInt

    /// To be made before there is a second thread.
    ///
    /// - Returns: nil when the system has no pipe or thread for it; then the signals act as before.
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

    /// The next signal.
    func take() -> CInt {
        var byte: UInt8 = 0
        _ = read(self.descriptor, &byte, 1)
        return CInt(byte)
    }
}
