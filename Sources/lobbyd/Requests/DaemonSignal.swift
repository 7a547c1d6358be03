import Glibc

/// The signals that lobbyd handles.
///
/// They are blocked, and a thread waits for them. So an early signal is not lost, and no code runs in a signal handler.
enum DaemonSignal: CInt, CaseIterable, CustomStringConvertible {
    /// Reload.
    case hangUp = 1
    /// Stop.
    case interrupt = 2
    /// Stop.
    case terminate = 15

    var description: String {
        switch self {
        case .hangUp: "SIGHUP"
        case .interrupt: "SIGINT"
        case .terminate: "SIGTERM"
        }
    }

    /// Blocks signals for `wait`. Call it before the second thread starts: threads inherit the blocked set.
    static func block(_ signals: [DaemonSignal] = Self.allCases) {
        var set = Self.set(signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Restores the default action of signals.
    static func unblock(_ signals: [DaemonSignal]) {
        var set = Self.set(signals)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Blocks the calling thread until one of the signals arrives.
    static func wait() -> DaemonSignal {
        var signals = Self.set(Self.allCases)
        var number: CInt = 0
        guard sigwait(&signals, &number) == 0, let signal = DaemonSignal(rawValue: number) else {
            preconditionFailure("sigwait(3) failed or returned another signal")
        }
        return signal
    }

    private static func set(_ signals: [DaemonSignal]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal.rawValue) }
        return set
    }
}
