import Engine
import Systemd

/// Messages to the service manager at regular intervals: the status line, and more time for a drain.
extension Daemon {
    /// The interval between checks of the status line. Only a changed line is sent.
    static let statusInterval = Duration.seconds(5)
    /// The interval at which a drain asks for more time.
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
