import Engine
import Logging
import Relay

/// What runs: the engine, what is open, and the configuration in force. Any thread may look; only the main thread changes it.
final class RunningRelay: Sendable {
    /// When it began.
    let startedAt = ContinuousClock.now
    let manager: ConnectionManager
    let relay: DatagramRelay
    let observer: ConnectionLog
    let counts: DaemonCounts
    /// What the service manager has opened, by listener.
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

    /// As of now.
    var state: RelayState { self.current.withLock { $0 } }

    /// On the main thread.
    func change(_ body: (inout RelayState) -> Void) {
        self.current.withLock { body(&$0) }
    }

    /// For the service manager: how many connections on how many listeners, and why the last reload was not carried out.
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
