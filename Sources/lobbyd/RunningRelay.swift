import Engine
import Logging
import Relay

/// The running relay: the engine, the open listeners and the configuration in force.
///
/// Any thread may read it. Only the main thread changes it.
final class RunningRelay: Sendable {
    /// The moment of the start.
    let startedAt = ContinuousClock.now
    let manager: ConnectionManager
    let relay: DatagramRelay
    let observer: ConnectionLog
    let counts: DaemonCounts
    /// The descriptors that the service manager opened, by the listener's name.
    let inheritedSockets: [String: CInt]
    private let current: Locked<RelayState>

    init(
        _ loaded: LoadedConfiguration,
        inheritedSockets: [String: CInt] = [:],
        log: Logger,
        counts: DaemonCounts = DaemonCounts()
    ) {
        let configuration = loaded.configuration
        self.manager = ConnectionManager(
            eventLoops: configuration.server.eventLoopCount,
            limits: configuration.engineLimits,
            coalesce: configuration.relay.coalesce
        )
        self.relay = DatagramRelay(routers: configuration.routers(self.manager.eventLoopCount))
        self.observer = ConnectionLog(log: log, counts: counts)
        self.counts = counts
        self.inheritedSockets = inheritedSockets
        self.current = Locked(
            RelayState(
                configuration: configuration,
                isFromFile: loaded.isFromFile,
                hasKeys: loaded.hasKeys,
                strangeOwner: loaded.strangeOwner,
                inherited: Set(inheritedSockets.keys)
            )
        )
    }

    /// The current state.
    var state: RelayState { self.current.withLock { $0 } }

    /// Changes the state. On the main thread.
    func change(_ body: (inout RelayState) -> Void) {
        self.current.withLock { body(&$0) }
    }

    /// The status line for the service manager: the numbers of connections and listeners, and the first problem of a
    /// rejected reload.
    var status: String {
        let state = self.state
        let status = Self.status(connections: self.manager.registry.count, listeners: state.listeners.count)
        guard case .rejected(let problems) = state.lastReload?.outcome else { return status }
        return "\(status); reload rejected: \(problems[0])"
    }

    static func status(connections: Int, listeners: Int) -> String {
        let connections = connections == 1 ? "1 connection" : "\(connections) connections"
        let listeners = listeners == 1 ? "1 listener" : "\(listeners) listeners"
        return "\(connections) on \(listeners)"
    }
}
