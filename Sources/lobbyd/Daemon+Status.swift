import PandaNet
import Systemd

/// What the service manager is told while something else goes on.
extension Daemon {
    /// How often the status line is brought up to date, when it has changed.
    static let statusInterval = Duration.seconds(5)
    /// How often a drain says that it is still at it.
    static let drainInterval = Duration.seconds(1)

    func keepingStatus<Result: Sendable>(
        of manager: ConnectionManager,
        _ rendezvous: [BoundRendezvous],
        while body: @escaping @Sendable () async -> Result
    ) async -> Result {
        await self.repeating(every: Self.statusInterval) {
            self.notifier.status(Self.status(connections: manager.registry.count, listeners: rendezvous.count))
        } while: {
            await body()
        }
    }

    func keepingTimeoutExtended(
        of manager: ConnectionManager,
        while body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await self.repeating(every: Self.drainInterval) {
            self.notifier.extendTimeout(by: Self.drainInterval * 5)
            self.notifier.status("draining \(manager.registry.count) connections")
        } while: {
            try await body()
        }
    }

    private func repeating<Result: Sendable>(
        every interval: Duration,
        _ deed: @escaping @Sendable () -> Void,
        while body: @Sendable () async throws -> Result
    ) async rethrows -> Result {
        let repetition = Task {
            while !Task.isCancelled {
                deed()
                try await Task.sleep(for: interval)
            }
        }
        defer { repetition.cancel() }
        return try await body()
    }

    static func status(connections: Int, listeners: Int) -> String {
        let connections = connections == 1 ? "1 connection" : "\(connections) connections"
        let listeners = listeners == 1 ? "1 listener" : "\(listeners) listeners"
        return "\(connections) on \(listeners)"
    }
}
