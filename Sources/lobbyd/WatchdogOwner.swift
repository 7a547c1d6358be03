import Engine
import Logging
import Systemd

/// Carries out the decisions of a `Watchdog`.
final class WatchdogOwner: Sendable {
    let interval: Duration
    private let watchdog: Locked<Watchdog>
    private let notifier: Notifier
    private let log: Logger

    init(_ watchdog: Watchdog, notifier: Notifier, log: Logger) {
        self.interval = watchdog.interval
        self.watchdog = Locked(watchdog)
        self.notifier = notifier
        self.log = log
    }

    func beat(_ manager: ConnectionManager) {
        switch self.watchdog.withLock({ $0.beat(at: .now) }) {
        case .ask:
            manager.answersOfEventLoops().whenSet { result in
                // The result is a failure only after the event loops have ended.
                guard case .success = result else { return }
                self.watchdog.withLock { $0.answered() }
                self.notifier.alive()
            }
        case .wait(let duration):
            self.log.record(.watchdogLate, metadata: ["waiting_usec": .stringConvertible(duration.microseconds)])
        }
    }
}
