import Logging
import NIOCore
import PandaNet
import Synchronization
import Systemd

/// Does what a `Watchdog` decides.
final class WatchdogOwner: Sendable {
    let interval: Duration
    private let watchdog: Mutex<Watchdog>
    private let notifier: Notifier
    private let log: Logger

    init(_ watchdog: Watchdog, notifier: Notifier, log: Logger) {
        self.interval = watchdog.interval
        self.watchdog = Mutex(watchdog)
        self.notifier = notifier
        self.log = log
    }

    func beat(_ manager: ConnectionManager) {
        switch self.watchdog.withLock({ $0.beat(at: .now) }) {
        case .ask:
            manager.answersOfEventLoops().whenSuccess {
                self.watchdog.withLock { $0.answered() }
                self.notifier.alive()
            }
        case .wait(let duration):
            self.log.warning("watchdog.late", metadata: ["waiting_usec": .stringConvertible(duration.microseconds)])
        }
    }
}
