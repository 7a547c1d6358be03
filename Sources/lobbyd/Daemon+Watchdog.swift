import Engine
import Systemd

/// The sign of life for the service manager.
extension Daemon {
    /// Tells the service manager that every event loop is alive, for as long as each one is, up to the end of the process.
    func startWatchdog(of manager: ConnectionManager) {
        guard let timeout = self.notifier.watchdogTimeout else { return }
        let watchdog = WatchdogOwner(Watchdog(timeout: timeout), notifier: self.notifier, log: self.log)
        _ = manager.repeat(every: watchdog.interval) { watchdog.beat(manager) }
    }
}
