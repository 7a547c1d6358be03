import Glibc

/// Turns signals into requests: SIGHUP reloads, the first SIGTERM or SIGINT stops cleanly, a second one at once.
enum SignalThread {
    /// - Precondition: the `DaemonSignal`s are blocked.
    static func start(postingTo mailbox: RequestMailbox) {
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer else { preconditionFailure("a signal thread without a mailbox") }
                SignalThread.run(Unmanaged<RequestMailbox>.fromOpaque(pointer).takeRetainedValue())
            },
            Unmanaged.passRetained(mailbox).toOpaque()
        )
        guard code == 0 else { preconditionFailure("no thread for signals: \(String(cString: strerror(code)))") }
        pthread_detach(thread)
    }

    private static func run(_ mailbox: RequestMailbox) -> Never {
        var isStopping = false
        while true {
            let signal = DaemonSignal.wait()
            switch signal {
            case .hangUp:
                mailbox.requestReload(.signal(signal))
            case .interrupt, .terminate:
                // Whatever the daemon is doing.
                if isStopping { _exit(ExitStatus.success.rawValue) }
                isStopping = true
                mailbox.requestStop(.signal(signal))
            }
        }
    }
}
