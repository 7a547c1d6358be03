import Glibc

/// Turns signals into bytes that poll(2) can wait for; from then on they do nothing else.
struct SignalPipe {
    /// Readable when one has come.
    let descriptor: CInt

    /// To be made before there is a second thread: threads inherit what is blocked.
    ///
    /// - Returns: nil when the system has no pipe or thread for it; then the signals do what they always did.
    init?(_ signals: [CInt]) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        self.descriptor = ends[0]
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let source = UnsafeMutablePointer<Source>.allocate(capacity: 1)
        source.initialize(to: Source(signals: set, descriptor: ends[1]))
        var thread = pthread_t()
        guard pthread_create(&thread, nil, { Self.forward($0) }, source) == 0 else {
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
            source.deallocate()
            return nil
        }
        pthread_detach(thread)
    }

    /// The next signal.
    func take() -> CInt {
        var byte: UInt8 = 0
        _ = read(self.descriptor, &byte, 1)
        return CInt(byte)
    }

    private struct Source {
        var signals: sigset_t
        let descriptor: CInt
    }

    private static func forward(_ source: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let source = source?.assumingMemoryBound(to: Source.self) else {
            preconditionFailure("a thread without its work")
        }
        while true {
            var number: CInt = 0
            guard sigwait(&source.pointee.signals, &number) == 0 else { continue }
            var byte = UInt8(number)
            _ = write(source.pointee.descriptor, &byte, 1)
        }
    }
}
