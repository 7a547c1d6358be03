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
        if isInherited { metadata["inherited"] = "true" }
        self.log.notice("listener.bound", metadata: metadata)
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
        self.log.notice(
            "shutdown.finished",
            metadata: [
                "connections": .stringConvertible(counts.opened),
                "connections_cut": .stringConvertible(counts.cut),
                "connections_refused": .stringConvertible(counts.refused.values.reduce(0, +)),
                "limit_reached": .stringConvertible(counts.limitReached),
                "listeners_reopened": .stringConvertible(counts.listenersReopened),
                "datagrams_in": .stringConvertible(counts.traffic.datagramsIn),
                "datagrams_out": .stringConvertible(counts.traffic.datagramsOut),
                "datagrams_dropped": .stringConvertible(counts.traffic.datagramsDropped),
                "datagrams_unframeable": .stringConvertible(counts.traffic.datagramsUnframeable),
                "bytes_in": .stringConvertible(counts.traffic.bytesIn),
                "bytes_out": .stringConvertible(counts.traffic.bytesOut),
                "duration_usec": .stringConvertible(duration.microseconds),
                "datagrams_unsent": .stringConvertible(counts.traffic.datagramsUnsent),
            ].merging(Self.metadata(of: counts.udp)) { $1 }
                .merging(Self.metadata(of: counts.refused)) { $1 }
                .merging(Self.metadata(of: counts.exceeded)) { $1 }
        )
    }

    /// Only limits that were passed: there are many.
    private static func metadata(of exceeded: [ConnectionLimit: Int]) -> Logger.Metadata {
        Logger.Metadata(
            uniqueKeysWithValues: exceeded.map { ("exceeded_\($0.key.rawValue)", .stringConvertible($0.value)) }
        )
    }

    private static func metadata(of refused: [RefusalReason: Int]) -> Logger.Metadata {
        Logger.Metadata(
            uniqueKeysWithValues: RefusalReason.allCases.map {
                ("refused_\($0.counterName)", .stringConvertible(refused[$0] ?? 0))
            }
        )
    }

    private static func metadata(of counts: UDPCounts) -> Logger.Metadata {
        [
            "udp_checksum_failures": .stringConvertible(counts.checksumFailures),
            "udp_runts": .stringConvertible(counts.runts),
            "udp_oversized": .stringConvertible(counts.oversized),
            "udp_unanswerable": .stringConvertible(counts.unanswerable),
            "udp_withheld": .stringConvertible(counts.withheld),
            "udp_unsent": .stringConvertible(counts.unsent),
            "udp_reopened": .stringConvertible(counts.reopened),
        ]
    }
}
