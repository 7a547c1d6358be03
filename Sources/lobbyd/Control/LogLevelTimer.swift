import Engine

/// The timer that ends temporary log levels. All clients that set levels share it.
final class LogLevelTimer: Sendable {
    private let manager: ConnectionManager
    private let timer = Locked<ScheduledWork?>(nil)

    init(_ manager: ConnectionManager) {
        self.manager = manager
    }

    /// Calls `look` soon on an event loop, and again after each duration that `look` returns. The calls stop when
    /// `look` returns nil, or at the next `start`.
    func start(_ look: @escaping @Sendable () -> Duration?) {
        self.manager.post { self.look(look) }
    }

    /// On the event loop.
    private func look(_ look: @escaping @Sendable () -> Duration?) {
        let remaining = look()
        self.timer.withLock { timer in
            timer?.cancel()
            timer = remaining.map { self.manager.post(after: $0) { self.look(look) } }
        }
    }
}
