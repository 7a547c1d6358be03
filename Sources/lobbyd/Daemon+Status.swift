import Engine
import Systemd

/// What the service manager is told while something else goes on.
extension Daemon {
    /// How often the status line is brought up to date, when it has changed.
    static let statusInterval = Duration.seconds(5)
    /// How often a drain says that it is still at it.
    static let drainInterval = Duration.seconds(1)

    func keepingStatus<Result>(of running: RunningRelay, while body: () -> Result) -> Result {
        let repetition = running.manager.repeat(every: Self.statusInterval) {
            self.notifier.status(running.status)
        }
        defer { repetition.cancel() }
        return body()
    }

    func keepingTimeoutExtended(of manager: ConnectionManager, while body: () throws -> Void) rethrows {
        let repetition = manager.repeat(every: Self.drainInterval) {
            self.notifier.extendTimeout(by: Self.drainInterval * 5)
            self.notifier.status("draining \(manager.registry.count) connections")
        }
        defer { repetition.cancel() }
        try body()
    }
}
