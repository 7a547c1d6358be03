import Glibc

/// The signals that ask lobbyd to stop: the first one to do it cleanly, a second one to do it at once.
///
/// They are blocked and waited for, so that none is lost however early it comes, and nothing runs in a signal handler.
enum StopSignal: CInt, CaseIterable, CustomStringConvertible {
    case interrupt = 2
    case terminate = 15

    var description: String {
        switch self {
        case .interrupt: "SIGINT"
        case .terminate: "SIGTERM"
        }
    }

    /// Keeps the signals for `wait`. To be called before there is a second thread: threads inherit what is blocked.
    static func block() {
        var signals = Self.set
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Blocks the calling thread until one of the signals comes.
    static func wait() -> StopSignal {
        var signals = Self.set
        var number: CInt = 0
        guard sigwait(&signals, &number) == 0, let signal = StopSignal(rawValue: number) else {
            preconditionFailure("a wait for signals that brought another one")
        }
        return signal
    }

    /// From here on, the next of the signals ends the process, whatever it is doing.
    static func endProcessAtNext() {
        var thread = pthread_t()
        pthread_create(
            &thread,
            nil,
            { _ in
                _ = StopSignal.wait()
                _exit(ExitStatus.success.rawValue)
            },
            nil
        )
        pthread_detach(thread)
    }

    private static var set: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in Self.allCases { sigaddset(&signals, signal.rawValue) }
        return signals
    }
}
