import Control
import Engine
import Glibc
import Logging
import Systemd

/// Reports startup, warnings and the end to the log and the service manager.
extension Daemon {
    func reportStarting(configuredBy source: String) {
        self.log.record(.starting, metadata: ["version": "\(Version.text)", "config_file": "\(source)"])
    }

    /// Raises the soft limit of file descriptors to the hard limit. Warns if `connections` do not fit under it.
    func warnIfConnectionsDoNotFit(_ configuration: Configuration) {
        let descriptors = DescriptorLimit.raise()
        let connections = configuration.limits.connections
        let needs = StartNeeds(configuration, isNotifying: self.notifier.isHeard, isInJournal: true)
        guard !descriptors.fits(connections: connections, besides: needs.descriptors) else { return }
        self.log.record(
            .limitDescriptors,
            metadata: [
                "descriptors": "\(descriptors.soft)", "connections": "\(connections.map(String.init) ?? "no limit")",
            ]
        )
    }

    /// Warns if lobbyd runs as root and its configuration belongs to a user other than root and the user of sudo.
    ///
    /// - Parameter old: the owner in the last warning, if any.
    func warnIfOwnerIsStrange(_ loaded: LoadedConfiguration, before old: UInt32? = nil) {
        guard let owner = loaded.strangeOwner, owner != old else { return }
        self.log.record(
            .configOwner,
            metadata: ["config_file": "\(loaded.path)", "owner_uid": .stringConvertible(owner)]
        )
    }

    /// Warns if spoofed UDP addresses could occupy every connection slot.
    ///
    /// - Parameter old: the configuration before a reload. A warning that it already caused is not repeated.
    func warnIfStrangersCanTakeEveryPlace(_ configuration: Configuration, before old: Configuration? = nil) {
        guard let share = UnprovenShare(configuration), share != old.flatMap(UnprovenShare.init) else { return }
        self.log.record(.limitUnproven, metadata: share.metadata)
    }

    /// Logs an open listener, and warns if the kernel granted less than the configuration requests.
    ///
    /// - Parameter isInherited: whether the service manager opened the socket.
    func reportBound(_ bound: BoundRendezvous, isInherited: Bool, _ running: RunningRelay) throws {
        let backlog = try running.manager.backlogInForce(of: bound).wait()
        var metadata: Logger.Metadata = [
            "listener": "\(bound.rendezvous.name)",
            "transport": "\(bound.rendezvous.transport.rawValue)",
            "address": "\(bound.address.host)",
            "port": .stringConvertible(bound.address.port),
        ]
        if bound.rendezvous.transport == .tcp {
            metadata["backlog"] = .stringConvertible(backlog ?? bound.rendezvous.backlog)
            metadata["header_size"] = .stringConvertible(bound.rendezvous.framing.size)
        }
        if bound.rendezvous.isIPv6Only { metadata["ipv6_only"] = "true" }
        if let bytes = bound.receiveBufferBytes { metadata["receive_buffer"] = .stringConvertible(bytes) }
        if isInherited { metadata["inherited"] = "true" }
        self.log.record(.listenerBound, metadata: metadata)
        self.warnIfReceiveBufferIsSmall(bound)
        self.warnIfBacklogIsCut(backlog, of: bound)
    }

    /// Warns if the kernel grants a UDP listener a smaller receive buffer than the configuration requests.
    func warnIfReceiveBufferIsSmall(_ bound: BoundRendezvous) {
        guard let bytes = bound.receiveBufferBytes, bound.isReceiveBufferSmall else { return }
        self.log.record(
            .listenerReceiveBuffer,
            metadata: [
                "listener": "\(bound.rendezvous.name)",
                "receive_buffer": .stringConvertible(bytes),
                "requested": .stringConvertible(bound.rendezvous.receiveBufferBytes),
            ]
        )
    }

    /// Checks the listeners whose backlog a reload has changed.
    func warnIfBacklogsAreCut(by plan: ReloadPlan, _ running: RunningRelay) throws {
        let changed = plan.listeners.kept.filter { $0.old.backlog != $0.new.backlog }.map(\.inForce.name)
        for listener in running.state.listeners where changed.contains(listener.settings.name) {
            self.warnIfBacklogIsCut(try running.manager.backlogInForce(of: listener.bound).wait(), of: listener.bound)
        }
    }

    /// Warns if the kernel keeps a shorter backlog than the configuration requests.
    ///
    /// - Parameter backlog: the backlog in force; nil over UDP.
    private func warnIfBacklogIsCut(_ backlog: Int?, of bound: BoundRendezvous) {
        guard let backlog, backlog < bound.rendezvous.backlog else { return }
        self.log.record(
            .listenerBacklog,
            metadata: [
                "listener": "\(bound.rendezvous.name)",
                "backlog": .stringConvertible(backlog),
                "requested": .stringConvertible(bound.rendezvous.backlog),
            ]
        )
    }

    func reportExhausted(_ shortage: StartShortage) {
        self.log.record(
            .startExhausted,
            metadata: [
                "resource": "\(shortage.resource.rawValue)",
                "needed": .stringConvertible(shortage.needed),
                "available": .stringConvertible(shortage.available),
                "reason": "\(String(cString: strerror(shortage.errorCode)))",
            ]
        )
        self.notifier.failed(status: shortage.description, errno: shortage.errorCode)
    }

    func reportUnbound(_ error: RendezvousError) {
        self.log.record(
            .listenerFailed,
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
        self.log.record(
            .ready,
            metadata: [
                "version": "\(Version.text)",
                "listeners": .stringConvertible(running.state.listeners.count),
                "event_loops": .stringConvertible(running.manager.eventLoopCount),
            ]
        )
        self.notifier.ready(status: running.status)
    }

    func reportStopping(_ running: RunningRelay, _ origin: RequestOrigin) {
        let connections = running.manager.registry.count
        self.log.record(
            .shutdownStarted,
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
        self.log.record(.shutdownFinished, metadata: sums.merging(counters.metadata) { $1 })
    }
}
