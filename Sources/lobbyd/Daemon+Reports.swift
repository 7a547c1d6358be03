import Control
import Logging
import PandaNet
import Systemd

/// The events in the life of the daemon, for the log and the service manager.
extension Daemon {
    func reportStarting(configuredBy source: String) {
        self.log.notice("starting", metadata: ["version": "\(Version.text)", "config_file": "\(source)"])
    }

    /// Raises the limit of descriptors as far as it goes, and says so when that is not enough.
    func warnIfConnectionsDoNotFit(_ limits: LimitSettings) {
        let descriptors = DescriptorLimit.raise()
        let connections = limits.connections
        guard !descriptors.fits(connections: connections) else { return }
        self.log.warning(
            "limit.descriptors",
            metadata: [
                "descriptors": "\(descriptors.soft)", "connections": "\(connections.map(String.init) ?? "no limit")",
            ]
        )
    }

    /// - Parameter old: the configuration that was in force before, if any: what has been said of it is not said again.
    func warnIfStrangersCanTakeEveryPlace(_ configuration: Configuration, before old: Configuration? = nil) {
        guard let share = UnprovenShare(configuration), share != old.flatMap(UnprovenShare.init) else { return }
        self.log.warning("limit.unproven", metadata: share.metadata)
    }

    /// - Parameter isInherited: the service manager has opened the socket.
    func reportBound(_ bound: BoundRendezvous, isInherited: Bool) {
        var metadata: Logger.Metadata = [
            "listener": "\(bound.rendezvous.name)",
            "transport": "\(bound.rendezvous.transport.rawValue)",
            "address": "\(bound.address.host)",
            "port": .stringConvertible(bound.address.port),
        ]
        if bound.rendezvous.transport == .tcp {
            metadata["backlog"] = .stringConvertible(bound.rendezvous.backlog)
            metadata["header_size"] = .stringConvertible(bound.rendezvous.header.size)
        }
        if let bytes = bound.receiveBufferBytes { metadata["receive_buffer"] = .stringConvertible(bytes) }
        if isInherited { metadata["inherited"] = "true" }
        self.log.notice("listener.bound", metadata: metadata)
        self.warnIfReceiveBufferIsSmall(bound)
    }

    /// The system may grant a UDP listener less than the configuration asks for.
    func warnIfReceiveBufferIsSmall(_ bound: BoundRendezvous) {
        let asked = bound.rendezvous.receiveBufferBytes
        guard let bytes = bound.receiveBufferBytes, bound.isReceiveBufferSmall else { return }
        self.log.warning(
            "listener.receive_buffer",
            metadata: [
                "listener": "\(bound.rendezvous.name)",
                "receive_buffer": .stringConvertible(bytes),
                "asked": .stringConvertible(asked),
            ]
        )
    }

    func reportUnbound(_ error: RendezvousError) {
        self.log.critical(
            "listener.failed",
            metadata: [
                "listener": "\(error.rendezvous.name)",
                "address": "\(error.rendezvous.host ?? "*")",
                "port": .stringConvertible(error.rendezvous.port),
                "reason": "\(error.reason)",
            ]
        )
        self.notifier.failed(status: error.description, errno: error.errorCode)
    }

    func reportReady(_ running: RunningRelay) {
        self.log.notice(
            "ready",
            metadata: [
                "version": "\(Version.text)",
                "listeners": .stringConvertible(running.state.listeners.count),
                "event_loops": .stringConvertible(running.manager.eventLoops.count),
            ]
        )
        self.notifier.ready(status: running.status)
    }

    func reportStopping(_ running: RunningRelay, _ origin: RequestOrigin) {
        let connections = running.manager.registry.count
        self.log.notice(
            "shutdown.started",
            metadata: origin.metadata.merging(["connections": .stringConvertible(connections)]) { $1 }
        )
        self.notifier.stopping(status: "draining \(connections) connections")
    }

    func reportFinished(_ counts: ConnectionCounts, after duration: Duration) {
        let sums: Logger.Metadata = [
            "connections": .stringConvertible(counts.opened),
            "connections_refused": .stringConvertible(counts.refused.values.reduce(0, +)),
            "duration_usec": .stringConvertible(duration.microseconds),
        ]
        let counters = counts.counters + self.counts.counters
        self.log.notice("shutdown.finished", metadata: sums.merging(counters.metadata) { $1 })
    }
}
