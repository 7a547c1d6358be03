import Logging
import NIOConcurrencyHelpers
import NIOCore
import PandaNet
import Systemd

/// Does what a `Watchdog` decides.
final class WatchdogOwner: Sendable {
    let interval: Duration
    private let watchdog: NIOLockedValueBox<Watchdog>
    private let notifier: Notifier
    private let log: Logger

    init(_ watchdog: Watchdog, notifier: Notifier, log: Logger) {
        self.interval = watchdog.interval
        self.watchdog = NIOLockedValueBox(watchdog)
        self.notifier = notifier
        self.log = log
    }

    func beat(_ manager: ConnectionManager) {
        switch self.watchdog.withLockedValue({ $0.beat(at: .now) }) {
        case .ask:
            manager.answersOfEventLoops().whenSuccess {
                self.watchdog.withLockedValue { $0.answered() }
                self.notifier.alive()
            }
        case .wait(let duration):
            self.log.warning("watchdog.late", metadata: ["waiting_usec": .stringConvertible(duration.microseconds)])
        }
    }
}
