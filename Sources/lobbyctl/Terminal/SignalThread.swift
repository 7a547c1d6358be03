import Glibc

/// A thread that waits for signals. The signals have no other effect afterwards.
struct SignalThread {
    /// Starts the thread. It calls `handle` with each signal.
    ///
    /// Signals that the process ignores from its start, as under nohup(1), stay ignored. Start it before any other
    /// thread, because threads inherit the blocked signals.
    ///
    /// - Returns: false when the system is out of threads. The signals then act as before.
    static func start(_ signals: [CInt], _ handle: @escaping @Sendable (CInt) -> Void) -> Bool {
        let set = Self.set(signals.filter { !Self.isIgnored($0) })
        withUnsafePointer(to: set) { _ = pthread_sigmask(SIG_BLOCK, $0, nil) }
        let work = Unmanaged.passRetained(Work(signals: set, handle: handle))
        var thread = pthread_t()
        guard pthread_create(&thread, nil, { Self.run($0) }, work.toOpaque()) == 0 else {
            work.release()
            withUnsafePointer(to: set) { _ = pthread_sigmask(SIG_UNBLOCK, $0, nil) }
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Gives a blocked signal its default effect on the process. Returns if the process continues.
    static func actByDefault(on signal: CInt) {
        var set = Self.set([signal])
        // raise(3) signals this thread, so the waiting thread does not take the signal.
        raise(signal)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    private static func isIgnored(_ signal: CInt) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func set(_ signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }

    private final class Work: Sendable {
        let signals: sigset_t
        let handle: @Sendable (CInt) -> Void

        init(signals: sigset_t, handle: @escaping @Sendable (CInt) -> Void) {
            self.signals = signals
            self.handle = handle
        }
    }

    private static func run(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let work else { preconditionFailure("a thread without its work") }
        let taken = Unmanaged<Work>.fromOpaque(work).takeRetainedValue()
        var signals = taken.signals
        while true {
            var number: CInt = 0
            if sigwait(&signals, &number) == 0 { taken.handle(number) }
        }
    }
}
