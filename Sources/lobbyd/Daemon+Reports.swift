import Control
import Engine
import Glibc
import Logging
import Systemd

/// The events in the life of the daemon, for the log and the service manager.
extension Daemon {
    func reportStarting(configuredBy source: String) {
        self.log.record(.starting, metadata: ["version": "\(Version.text)", "config_file": "\(source)"])
    }

    /// Raises the limit of descriptors as far as it goes, and says so when that is not enough.
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

    /// - Parameter old: the owner that the log was warned of before, if any.
    func warnIfOwnerIsStrange(_ loaded: LoadedConfiguration, before old: UInt32? = nil) {
        guard let owner = loaded.strangeOwner, owner != old else { return }
        self.log.record(
            .configOwner,
            metadata: ["config_file": "\(loaded.path)", "owner_uid": .stringConvertible(owner)]
        )
    }

    /// - Parameter old: the configuration that was in force before, if any: what has been said of it is not said again.
    func warnIfStrangersCanTakeEveryPlace(_ configuration: Configuration, before old: Configuration? = nil) {
        guard let share = UnprovenShare(configuration), share != old.flatMap(UnprovenShare.init) else { return }
        self.log.record(.limitUnproven, metadata: share.metadata)
    }

    /// - Parameter isInherited: the service manager has opened the socket.
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

    /// The system may grant a UDP listener less than the configuration asks for.
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

    /// Looks at the listeners that a reload has kept with another backlog.
    func warnIfBacklogsAreCut(by plan: ReloadPlan, _ running: RunningRelay) throws {
        let changed = plan.listeners.kept.filter { $0.old.backlog != $0.new.backlog }.map(\.inForce.name)
        for listener in running.state.listeners where changed.contains(listener.settings.name) {
            self.warnIfBacklogIsCut(try running.manager.backlogInForce(of: listener.bound).wait(), of: listener.bound)
        }
    }

    /// The system may keep a shorter backlog than the configuration asks for.
    ///
    /// - Parameter backlog: the one in force; nil over UDP.
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
