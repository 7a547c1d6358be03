import Control
import Logging
import PandaNet
import Systemd

/// The events in the life of the daemon, for the log and the service manager.
extension Daemon {
    func reportStarting() {
        self.log.notice("starting", metadata: ["version": "\(Version.text)", "config_file": "\(self.source)"])
    }

    func warnIfConnectionsDoNotFit(_ descriptors: DescriptorLimit) {
        let connections = self.configuration.limits.connections
        guard !descriptors.fits(connections: connections) else { return }
        self.log.warning(
            "limit.descriptors",
            metadata: [
                "descriptors": "\(descriptors.soft)", "connections": "\(connections.map(String.init) ?? "no limit")",
            ]
        )
    }

    func reportBound(_ bound: BoundRendezvous) {
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

    func reportReady(_ manager: ConnectionManager, _ rendezvous: [BoundRendezvous]) {
        self.log.notice(
            "ready",
            metadata: [
                "version": "\(Version.text)",
                "listeners": .stringConvertible(rendezvous.count),
                "event_loops": .stringConvertible(self.configuration.server.eventLoopCount),
            ]
        )
        self.notifier.ready(status: Self.status(connections: manager.registry.count, listeners: rendezvous.count))
    }

    func reportStopping(_ manager: ConnectionManager, _ signal: StopSignal) {
        self.log.notice(
            "shutdown.started",
            metadata: ["signal": "\(signal)", "connections": .stringConvertible(manager.registry.count)]
        )
        self.notifier.stopping(status: "draining \(manager.registry.count) connections")
    }

    func reportFinished(_ counts: ConnectionCounts, after duration: Duration) {
        self.log.notice(
            "shutdown.finished",
            metadata: [
                "connections": .stringConvertible(counts.opened),
                "connections_cut": .stringConvertible(counts.cut),
                "connections_refused": .stringConvertible(counts.refused.values.reduce(0, +)),
                "datagrams_in": .stringConvertible(counts.traffic.datagramsIn),
                "datagrams_out": .stringConvertible(counts.traffic.datagramsOut),
                "datagrams_dropped": .stringConvertible(counts.traffic.datagramsDropped),
                "datagrams_unframeable": .stringConvertible(counts.traffic.datagramsUnframeable),
                "bytes_in": .stringConvertible(counts.traffic.bytesIn),
                "bytes_out": .stringConvertible(counts.traffic.bytesOut),
                "duration_usec": .stringConvertible(duration.microseconds),
            ].merging(Self.metadata(of: counts.udp)) { $1 }
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
