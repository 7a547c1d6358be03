import Engine
import Synchronization

/// Events that are logged at most once a second, however often they occur.
extension Daemon {
    /// The interval between checks.
    static let stormInterval = Duration.seconds(1)

    /// Logs the suppressed events of ended bursts, and the changes between free and taken connection slots, until the
    /// process ends.
    func startStormReports(_ running: RunningRelay) {
        let watch = LimitWatch()
        _ = running.manager.repeat(every: Self.stormInterval) {
            running.observer.reportSuppressed()
            let (isFull, timesFull) = running.manager.registry.occupancy
            guard let news = watch.look(isFull: isFull, timesFull: timesFull) else { return }
            self.report(news, running)
        }
    }

    private func report(_ news: ConnectionLimitWatch.News, _ running: RunningRelay) {
        let connections = running.state.configuration.limits.connections
        switch news {
        case .reached:
            self.log.record(
                .limitReached,
                metadata: ["limit": "connections", "connections": "\(connections.map(String.init) ?? "no limit")"]
            )
        case .over(let duration):
            self.log.record(
                .limitOver,
                metadata: ["limit": "connections", "duration_usec": .stringConvertible(duration.microseconds)]
            )
        }
    }
}

/// A `ConnectionLimitWatch` for a `Sendable` closure.
private final class LimitWatch: Sendable {
    private let watch = Mutex(ConnectionLimitWatch())

    func look(isFull: Bool, timesFull: Int) -> ConnectionLimitWatch.News? {
        self.watch.withLock { $0.look(isFull: isFull, timesFull: timesFull, at: .now) }
    }
}
