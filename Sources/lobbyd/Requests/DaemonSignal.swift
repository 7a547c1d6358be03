import Glibc

/// The signals that ask lobbyd for something. They are blocked and waited for, so that none is lost however early it comes,
/// and nothing runs in a signal handler.
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

    /// Keeps signals for `wait`. To be called before there is a second thread: threads inherit what is blocked.
    static func block(_ signals: [DaemonSignal] = Self.allCases) {
        var set = Self.set(signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Lets them do what they do by default.
    static func unblock(_ signals: [DaemonSignal]) {
        var set = Self.set(signals)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Blocks the calling thread until one of the signals comes.
    static func wait() -> DaemonSignal {
        var signals = Self.set(Self.allCases)
        var number: CInt = 0
        guard sigwait(&signals, &number) == 0, let signal = DaemonSignal(rawValue: number) else {
            preconditionFailure("a wait for signals that brought another one")
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
