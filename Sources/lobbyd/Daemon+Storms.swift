import Engine
import Synchronization

/// What the log tells of once a second, however often it happens.
extension Daemon {
    /// How often it is looked for.
    static let stormInterval = Duration.seconds(1)

    /// Tells what was left out of the log although no further event comes, and whether there are places, up to the end of the
    /// process.
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

/// A watch for the event loop that looks.
private final class LimitWatch: Sendable {
    private let watch = Mutex(ConnectionLimitWatch())

    func look(isFull: Bool, timesFull: Int) -> ConnectionLimitWatch.News? {
        self.watch.withLock { $0.look(isFull: isFull, timesFull: timesFull, at: .now) }
    }
}
