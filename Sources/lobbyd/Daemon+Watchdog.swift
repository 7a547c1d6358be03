import Engine
import Systemd

/// The signs of life for the service manager's watchdog.
extension Daemon {
    /// Checks at each interval, until the process ends, that every event loop answers. Reports each success to the
    /// service manager.
    func startWatchdog(of manager: ConnectionManager) {
        guard let timeout = self.notifier.watchdogTimeout else { return }
        let watchdog = WatchdogOwner(Watchdog(timeout: timeout), notifier: self.notifier, log: self.log)
        _ = manager.repeat(every: watchdog.interval) { watchdog.beat(manager) }
    }
}
