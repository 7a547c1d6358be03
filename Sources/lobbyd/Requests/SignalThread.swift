import Engine
import Glibc

/// Turns signals into requests: SIGHUP reloads, the first SIGTERM or SIGINT drains, a second one ends the process at
/// once.
enum SignalThread {
    /// - Precondition: the `DaemonSignal`s are blocked.
    /// - Returns: 0, or the error number of pthread_create(3).
    static func start(postingTo mailbox: RequestMailbox) -> CInt {
        DetachedThread.run { Self.run(mailbox) }
    }

    private static func run(_ mailbox: RequestMailbox) -> Never {
        var isStopping = false
        while true {
            let signal = DaemonSignal.wait()
            switch signal {
            case .hangUp:
                mailbox.requestReload(.signal(signal))
            case .interrupt, .terminate:
                // This thread ends the process, even while the main thread is busy.
                if isStopping { _exit(ExitStatus.success.rawValue) }
                isStopping = true
                mailbox.requestStop(.signal(signal))
            }
        }
    }
}
